# A content item and opening its file. Shared by desk and police.

items-count = { $n ->
    [one] 1 item
   *[other] { $n } items
}
item-pdq = PDQ quality { $quality }
item-preview = Small grey preview, blurred
item-no-preview = no preview
item-undescribed = Waits to be looked into.
item-not-kept = Not kept: only its hashes and URL are here.
item-known = Known
item-known-why = Its content had been assessed before it came in
item-inherited = Inherited
item-inherited-why = Taken over from an earlier assessment of the same content
item-unassessed = Not assessed yet.
item-to-assess = To assess
item-owner = Owned by { $owner }
item-waits = Waits for the owner's confirmation.
item-confirmed = Confirmed by { $by }.
item-erased = The file was erased. Its hashes and its chain of custody remain.
item-open = Open file

open-title = Open { $file }
open-warning = Before you look
open-warning-known = This file was assessed as: { $labels }.
open-warning-unknown = This file has not been assessed. It may show child sexual abuse material.
open-warning-choice = You do not have to look. You can go back without giving a reason.
open-purpose = Why do you need to see it?
open-purpose-hint = One short sentence. It is written to the log with your name before the file opens.
open-do = Log and show the file
open-take = Log and download the original
open-skip = Go back without looking
open-hide = Hide the file
open-logged = Logged as: { $purpose }
open-alt = Rendition of { $file }

device-title = Noted by the device
device-camera = Camera
device-serial = Serial number
device-software = Program
device-taken = Taken
device-place = Place, north and east
device-hint = Whoever made the file can write anything here. It is intelligence, not a fact about the picture.
