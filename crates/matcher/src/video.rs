//! Videos by their frames, as vPDQ compares them: share of frames that have a counterpart, both ways.

use crate::{
    error::{Error, Result},
    file::Mark,
    hash::{Hash256, Reach},
    near::{Change, Counts, NearIndex},
};
use std::path::Path;

/// A sampled frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Its PDQ.
    pub hash: Hash256,
    /// Quality of that, 0 to 100; below 50 a frame counts for nothing.
    pub quality: u8,
}

/// A number of frames out of all that count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Share {
    /// Frames with a counterpart.
    pub matched: u32,
    /// All different frames that count, never 0.
    pub of: u32,
}

impl Share {
    /// In hundredths of the whole, 0 to 100.
    pub fn percent(self) -> f64 {
        f64::from(self.matched) * 100.0 / f64::from(self.of.max(1))
    }
}

/// A known video with at least one frame near one of the query's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VideoHit {
    /// The video's number, as the caller gave it.
    pub video: u32,
    /// Frames of the query that the video has.
    pub of_query: Share,
    /// Frames of the video that the query has.
    pub of_known: Share,
}

/// Known videos; the same way of reading and changing as [`NearIndex`].
///
/// It holds nothing but frames: an entry's id is the video's number, the frame's place and the number of frames.
pub struct VideoIndex(NearIndex);

impl VideoIndex {
    /// An index of no videos.
    ///
    /// # Errors
    /// If memory cannot be had.
    pub fn new() -> Result<Self> {
        NearIndex::build([], 1).map(Self)
    }

    /// As [`NearIndex::open`].
    ///
    /// # Errors
    /// As there.
    pub fn open(path: &Path) -> Result<(Self, Mark)> {
        NearIndex::open(path).map(|(index, mark)| (Self(index), mark))
    }

    /// As [`NearIndex::save`].
    ///
    /// # Errors
    /// As there.
    pub fn save(&self, path: &Path, mark: &Mark, threads: usize) -> Result<()> {
        self.0.save(path, mark, threads)
    }

    /// As [`NearIndex::merge`].
    ///
    /// # Errors
    /// As there.
    pub fn merge(&self, threads: usize) -> Result<()> {
        self.0.merge(threads)
    }

    /// As [`NearIndex::verify`].
    ///
    /// # Errors
    /// As there.
    pub fn verify(&self) -> Result<()> {
        self.0.verify()
    }

    /// How many frames there are.
    pub fn counts(&self) -> Counts {
        self.0.counts()
    }

    /// Adds a video, all its frames at once; how many frames count. Adding the same again changes nothing. Who replaces a
    /// video's frames removes the old ones first.
    ///
    /// # Errors
    /// If more than 65,535 different frames count.
    pub fn insert(&self, video: u32, frames: &[Frame]) -> Result<usize> {
        let entries = entries(video, frames)?;
        self.0.apply(entries.iter().map(|(hash, id)| Change::Insert(*hash, *id, Reach::Near)));
        Ok(entries.len())
    }

    /// Takes a video out, given the frames it was added with; whether any was there.
    ///
    /// # Errors
    /// As adding it.
    pub fn remove(&self, video: u32, frames: &[Frame]) -> Result<bool> {
        let entries = entries(video, frames)?;
        Ok(self.0.apply(entries.into_iter().map(|(hash, id)| Change::Remove(hash, id))) > 0)
    }

    /// Known videos that share frames with the query at most `radius` bits apart (vPDQ: 31), best first: by the share of the
    /// query, then of the known video. Whether that makes a match is the caller's rule (vPDQ: 80 % of the query).
    pub fn search(&self, frames: &[Frame], radius: u32) -> Vec<VideoHit> {
        let frames = usable(frames);
        let pairs = self.0.view().search_many(&frames, radius).into_iter();
        let mut pairs: Vec<(u32, u16, u16, usize)> =
            pairs.map(|(query, hit)| (video(hit.id), place(hit.id), total(hit.id), query)).collect();
        pairs.sort_unstable();
        let mut hits: Vec<VideoHit> = pairs
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|same| {
                let (video, _, total, _) = *same.first()?;
                let known = same.chunk_by(|a, b| a.1 == b.1).count();
                let mut queries: Vec<usize> = same.iter().map(|(.., query)| *query).collect();
                queries.sort_unstable();
                queries.dedup();
                let share = |matched: usize, of: usize| Share { matched: matched as u32, of: of as u32 };
                let (of_query, of_known) = (share(queries.len(), frames.len()), share(known, usize::from(total)));
                Some(VideoHit { video, of_query, of_known })
            })
            .collect();
        hits.sort_by(|a, b| {
            let by = |hit: &VideoHit| (hit.of_query.percent(), hit.of_known.percent());
            by(b).partial_cmp(&by(a)).unwrap_or(std::cmp::Ordering::Equal).then(a.video.cmp(&b.video))
        });
        hits
    }
}

/// Different hashes of the frames that count, sorted.
fn usable(frames: &[Frame]) -> Vec<Hash256> {
    let near = |frame: &&Frame| Reach::of_pdq(&frame.hash, frame.quality) == Reach::Near;
    let mut hashes: Vec<Hash256> = frames.iter().filter(near).map(|frame| frame.hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Hashes and ids of a video's frames.
fn entries(video: u32, frames: &[Frame]) -> Result<Vec<(Hash256, u64)>> {
    let hashes = usable(frames);
    let total = u16::try_from(hashes.len()).map_err(|_| Error::TooMany("different frames in one video"))?;
    let id = |place: usize| u64::from(video) << 32 | (place as u64) << 16 | u64::from(total);
    Ok(hashes.into_iter().enumerate().map(|(place, hash)| (hash, id(place))).collect())
}

fn video(id: u64) -> u32 {
    (id >> 32) as u32
}

fn place(id: u64) -> u16 {
    (id >> 16) as u16
}

fn total(id: u64) -> u16 {
    id as u16
}
