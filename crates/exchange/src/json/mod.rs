//! JSON as large lists need it: one value after the other out of a stream, with bounds on depth and length, fields picked
//! out of the bytes without a tree in between. [`Cursor`] walks over bytes in memory, [`Stream`] keeps them coming.

mod cursor;
mod stream;

pub use cursor::{Cursor, Fault, Scalar, Text};
pub use stream::{Stop, Stream};
