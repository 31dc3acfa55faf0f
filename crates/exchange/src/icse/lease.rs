//! Keeps a parcel while somebody works on it. A lease is short, so that what a killed process held is taken up soon, and is
//! renewed for as long as the work goes on.

use super::{act::Act, store};
use base::{Actor, ParcelId};
use std::time::Duration;
use storage::Db;

/// Seconds of a lease.
pub const SECONDS: i64 = 30;
/// How often it is renewed.
const EVERY: Duration = Duration::from_secs(10);

/// Does some work while the parcel is kept. Work goes on when renewing fails: what it does in the end asks for the lease.
pub async fn kept<T>(db: &Db, id: ParcelId, fence: i64, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        match tokio::time::timeout(EVERY, &mut work).await {
            Ok(done) => return done,
            Err(_) => {
                if let Err(error) = renew(db, id, fence).await {
                    tracing::warn!(parcel = %id, %error, "a parcel that is worked on cannot be kept");
                }
            }
        }
    }
}

async fn renew(db: &Db, id: ParcelId, fence: i64) -> crate::Result<()> {
    let tx = db.begin(&Actor::machine("identification")).await?;
    store::parcel_keep(&tx, id, fence, SECONDS).await?;
    Ok(tx.commit(&Act::Left(id, "under way")).await?)
}
