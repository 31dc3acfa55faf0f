//! What anybody sends to the name server, and what a server of another make answers to our client: no bytes panic, and who is
//! refused gets no more bytes than were sent.
#![no_main]

use exchange::rpz::{
    client::Incoming,
    request::{self, Code, Unreadable},
    tsig,
};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    match request::read(data) {
        Ok(request) => {
            let mut refused = request.head(Code::Refused, false);
            request.extend(&mut refused, 0);
            assert!(refused.len() <= data.len(), "{} for {}", refused.len(), data.len());
            let again = request::read(data).unwrap();
            assert_eq!((again.id, again.what, again.name), (request.id, request.what, request.name));
        }
        Err(Unreadable::Said(id, code)) => assert!(request::head_only(id, code).len() <= data.len()),
        Err(Unreadable::Ignored) => {}
    }
    _ = tsig::find(data);
    // The first byte says where a message ends and the next begins.
    let (mut incoming, cut) = (Incoming::new(data.first().map(|n| u32::from(*n))), data.len() / 2);
    for message in [data, data.get(..cut).unwrap_or_default(), data.get(cut..).unwrap_or_default()] {
        if incoming.take(message).is_err() {
            break;
        }
    }
});
