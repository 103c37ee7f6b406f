/// Placeholder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A variable.
    #[error("the variable {variable} is `{value}`, which is not {expected}. Correct or unset it")]
    InvalidVariable {
        /// n
        variable: &'static str,
        /// v
        value: String,
        /// e
        expected: &'static str,
    },
}
