//! Everything that is wrong with one use of the attribute, so that it can be said at once.
use proc_macro2::TokenStream;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Problems(Option<syn::Error>);

impl Problems {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value where there is one; else remembers the error and goes on without it.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Adds the mistakes of several readings of the same source, each of them once.
    pub(crate) fn keep_each_once(&mut self, readings: impl Iterator<Item = Self>) {
        let mut seen = Vec::new();
        for error in readings.filter_map(|reading| reading.0).flatten() {
            let place = format!("{:?} {error}", error.span());
            if !seen.contains(&place) {
                seen.push(place);
                self.push(error);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0
            .map_or_else(TokenStream::new, syn::Error::into_compile_error)
    }

    #[cfg(test)]
    pub(crate) fn messages(self) -> Vec<String> {
        self.0
            .into_iter()
            .flatten()
            .map(|error| error.to_string())
            .collect()
    }
}
