//! What the three builders share.

use std::fmt;
use std::sync::Arc;

/// Methods that set one field and give the builder back.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($argument:ident: $type:ty) $field:ident = $value:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $argument: $type) -> Self {
            self.$field = $value;
            self
        }
    )*};
}
pub(crate) use setters;

type Change<T> = dyn Fn(&mut T) + Send + Sync;

/// A change to be made while the file is built.
pub(crate) struct Edit<T>(Arc<Change<T>>);

impl<T> Edit<T> {
    pub(crate) fn new(change: impl Fn(&mut T) + Send + Sync + 'static) -> Self {
        Self(Arc::new(change))
    }

    pub(crate) fn apply(&self, target: &mut T) {
        (self.0)(target);
    }
}

impl<T> Clone for Edit<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Edit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edit")
    }
}
