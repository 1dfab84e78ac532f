//! Why a load gave no book.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;

use emptor_core::TenantId;

/// Why a load gave no book. A clone is the same error: everyone who waited for the load is given it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// `book.load_failed`: the loader gave an error.
    #[error("the book of tenant `{tenant}` could not be loaded: {cause}")]
    Failed {
        /// Whose book.
        tenant: TenantId,
        /// What the loader said.
        cause: Arc<dyn Error + Send + Sync>,
    },
    /// `book.load_panicked`: the loader panicked.
    #[error("the loader panicked over the book of tenant `{tenant}`: {message}; mend the loader")]
    Panicked {
        /// Whose book.
        tenant: TenantId,
        /// What the panic said.
        message: Arc<str>,
    },
    /// `book.load_dropped`: the load was dropped before it ended, and so were those that took its place.
    #[error("the load of the book of tenant `{tenant}` was dropped; check that the spawner runs what it is given")]
    Dropped {
        /// Whose book.
        tenant: TenantId,
    },
}

impl LoadError {
    /// The stable code, `area.condition`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "book.load_failed",
            Self::Panicked { .. } => "book.load_panicked",
            Self::Dropped { .. } => "book.load_dropped",
        }
    }

    pub(super) fn panicked(tenant: TenantId, payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self::Panicked { tenant, message: text.unwrap_or("without a message").into() }
    }
}

#[cfg(test)]
mod tests {
    use emptor_core::TenantId;

    use super::LoadError;

    #[test]
    fn codes_and_messages_are_stable() {
        let check = |error: LoadError, code: &str, message: &str| {
            assert_eq!((error.code(), error.to_string().as_str()), (code, message));
        };
        let tenant = TenantId::new("acme").expect("a name");
        let cause = Box::<dyn std::error::Error + Send + Sync>::from("no such folder").into();
        check(
            LoadError::Failed { tenant: tenant.clone(), cause },
            "book.load_failed",
            "the book of tenant `acme` could not be loaded: no such folder",
        );
        let panicked = "the loader panicked over the book of tenant `acme`: ";
        check(
            LoadError::panicked(tenant.clone(), &"index 7"),
            "book.load_panicked",
            &format!("{panicked}index 7; mend the loader"),
        );
        check(
            LoadError::panicked(tenant.clone(), &"index 7".to_owned()),
            "book.load_panicked",
            &format!("{panicked}index 7; mend the loader"),
        );
        check(
            LoadError::panicked(tenant.clone(), &7),
            "book.load_panicked",
            &format!("{panicked}without a message; mend the loader"),
        );
        check(
            LoadError::Dropped { tenant },
            "book.load_dropped",
            "the load of the book of tenant `acme` was dropped; check that the spawner runs what it is given",
        );
    }
}
