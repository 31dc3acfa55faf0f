//! A bucket at a real S3 server.

use super::{
    peers::{bucket_at, dropped, s3},
    support::{Folder, answer_signer, deliver, heard, new, packed, settings},
};
use exchange::icse::{
    Transport,
    client::{Link, Trouble},
    dispatch::Says,
    sandbox::{self, Face},
};
use std::time::Duration;

/// Put, taken, receipted, answered, put aside; putting it again changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn fa_3_a_parcel_put_twice_is_held_once() {
    let folder = Folder::new("bucket");
    let s3 = s3();
    let bucket = bucket_at(&s3, &folder, s3.port);
    let link = Link::new(&dropped(Transport::Bucket(bucket.clone()))).unwrap();
    let (parcel, bytes) = packed(1, &[new(1), new(2)], true);
    assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None));
    assert_eq!(deliver(&link, &parcel, &bytes).await, Ok(None));
    assert_eq!(s3.objects().unwrap(), [format!("icse/incoming/{}.cport", parcel.id)]);
    // Something else under its name is never taken for it.
    let (other, other_bytes) = packed(1, &[new(3)], true);
    assert!(matches!(deliver(&link, &other, &other_bytes).await, Err(Trouble::Refused(_))));
    let face = Face::Bucket { bucket, every: Duration::from_millis(50), signer: answer_signer() };
    let running = sandbox::serve(settings(&folder), face).await.unwrap();
    let answers = heard(&link, 2).await;
    assert_eq!((answers.len(), answers.iter().filter(|a| a.says == Says::Taken).count()), (4, 2));
    assert!(running.held().iter().all(|h| h.taken == 1) && running.held().len() == 2);
    assert!(link.answers(None).await.unwrap().is_empty());
    assert!(s3.objects().unwrap().iter().all(|name| name.starts_with("icse/done/")), "{:?}", s3.objects().unwrap());
}

/// A service that is away, and a bucket that is not there, are the way's trouble.
#[tokio::test(flavor = "multi_thread")]
async fn fa_2_a_bucket_that_is_away_is_tried_later() {
    let folder = Folder::new("no-bucket");
    let s3 = s3();
    let (parcel, bytes) = packed(1, &[new(1)], true);
    let mut missing = bucket_at(&s3, &folder, s3.port);
    missing.bucket = "nowhere".into();
    let link = Link::new(&dropped(Transport::Bucket(missing))).unwrap();
    assert!(matches!(deliver(&link, &parcel, &bytes).await, Err(Trouble::Later(_))));
    let link = Link::new(&dropped(Transport::Bucket(bucket_at(&s3, &folder, s3.port)))).unwrap();
    drop(s3);
    assert!(matches!(deliver(&link, &parcel, &bytes).await, Err(Trouble::Later(_))));
    assert!(matches!(link.answers(None).await, Err(Trouble::Later(_))));
}
