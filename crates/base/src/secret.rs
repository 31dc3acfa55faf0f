//! A value that must not reach a log, a panic or a `Debug` print.

use std::fmt;

/// Holds a secret; prints as `[secret]`. Read it with [`Secret::expose`], at the one place that needs it.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a secret.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The secret itself.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_4_debug_never_prints_the_secret() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "[secret]");
    }
}
