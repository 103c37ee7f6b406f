//! The options of an attribute, as its expansion sets them.

use s3_test_options::for_each_option;

use super::{
    kind::{self, Kind},
    layer::{Layer, Source, Sourced},
};

/// The options of `#[s3_test(…)]` or `#[bucket(…)]`. The expansion writes them; they are not part of the stable interface.
#[derive(Debug, Clone, Default)]
#[doc(hidden)]
pub struct Options(Layer, RequestRules);

/// The options about requests, which belong to one test, so that no other source sets them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RequestRules {
    /// The texts of `expect`.
    pub(crate) expect: &'static [&'static str],
    /// The texts of `faults`.
    pub(crate) faults: &'static [&'static str],
}

impl RequestRules {
    /// Returns true if the test says nothing about its requests.
    pub(crate) fn is_empty(self) -> bool {
        self.expect.is_empty() && self.faults.is_empty()
    }
}

impl Options {
    #[allow(missing_docs)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The options of `s3_test::bucket()`.
    pub(crate) fn of_builder(layer: Layer) -> Self {
        Self(layer, RequestRules::default())
    }

    #[allow(missing_docs)]
    #[must_use]
    pub fn expect(mut self, texts: &'static [&'static str]) -> Self {
        self.1.expect = texts;
        self
    }

    #[allow(missing_docs)]
    #[must_use]
    pub fn faults(mut self, texts: &'static [&'static str]) -> Self {
        self.1.faults = texts;
        self
    }

    pub(crate) fn request_rules(&self) -> RequestRules {
        self.1
    }

    pub(super) fn into_layer(self) -> Layer {
        self.0
    }
}

macro_rules! setters {
    ($($name:ident: $kind:ident $(($rule:expr))? { $($columns:tt)* })*) => {
        #[allow(missing_docs)]
        impl Options {
            $(
                #[must_use]
                pub fn $name(mut self, value: <kind::$kind as Kind>::Inline) -> Self {
                    self.0.$name = Some(Sourced {
                        value: <kind::$kind as Kind>::from_inline(value),
                        source: Source::Attribute(stringify!($name)),
                    });
                    self
                }
            )*
        }
    };
}

for_each_option!(setters);
