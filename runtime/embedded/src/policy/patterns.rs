//! Texts with wildcards and variables (IAM User Guide, "IAM policy elements: Variables and tags").

use crate::policy::{
    Refusal,
    keys::{is_supplied, lower_case},
};
use std::borrow::Cow;

#[derive(Debug)]
pub(super) struct Pattern {
    pieces: Vec<Piece>,
    /// Patterns without variables, the common case.
    tokens: Option<Vec<Token>>,
}

#[derive(Debug)]
enum Piece {
    /// Text as written, with wildcards.
    Text(String),
    /// A `*`, `?` or `$` that was written as `${*}`, `${?}` or `${$}`.
    Literal(String),
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// One byte of a pattern after its variables were replaced. The values of variables contain no wildcards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    byte: u8,
    wild: bool,
}

impl Pattern {
    /// Returns a pattern without variables.
    pub(super) fn literal(text: &str) -> Self {
        Self::of(vec![Piece::Text(text.to_owned())])
    }

    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::NotImplemented(format!("The policy variable in {text}"));
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, variable)) = rest.split_once("${") {
            let (inside, after) = variable.split_once('}').ok_or_else(refused)?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::parse(inside).ok_or_else(refused)?);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self::of(pieces))
    }

    fn of(pieces: Vec<Piece>) -> Self {
        let replaced = |piece: &Piece| matches!(piece, Piece::Variable { .. });
        let tokens = match pieces.iter().any(replaced) {
            true => None,
            false => tokens(&pieces, &|_| None),
        };
        Self { pieces, tokens }
    }

    /// Returns true if the pattern matches exactly one text, for every request.
    pub(super) fn is_fixed(&self) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Text(text) => !text.contains(['*', '?']),
            Piece::Literal(_) => true,
            Piece::Variable { .. } => false,
        })
    }

    /// Returns `None` if a variable has no value. Nothing equals or resembles such a pattern.
    pub(super) fn replaced(
        &self,
        context: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Cow<'_, [Token]>> {
        match &self.tokens {
            Some(tokens) => Some(Cow::Borrowed(tokens)),
            None => tokens(&self.pieces, context).map(Cow::Owned),
        }
    }
}

fn tokens(pieces: &[Piece], context: &dyn Fn(&str) -> Option<String>) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut push = |text: &str, wildcards: bool| {
        tokens.extend(text.bytes().map(|byte| Token {
            byte,
            wild: wildcards && matches!(byte, b'*' | b'?'),
        }));
    };
    for piece in pieces {
        match piece {
            Piece::Text(text) => push(text, true),
            Piece::Literal(text) => push(text, false),
            Piece::Variable { key, default } => {
                push(&context(key).or_else(|| default.clone())?, false);
            }
        }
    }
    Some(tokens)
}

impl Piece {
    /// `key` or `key, 'default'`
    fn parse(inside: &str) -> Option<Self> {
        if let "*" | "?" | "$" = inside {
            return Some(Self::Literal(inside.to_owned()));
        }
        let (key, default) = match inside.split_once(',') {
            Some((key, default)) => {
                let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
                (key, Some(default.to_owned()))
            }
            None => (inside, None),
        };
        let key = lower_case(key.trim());
        is_supplied(&key).then_some(Self::Variable { key, default })
    }
}

pub(super) fn equal(pattern: &[Token], text: &str) -> bool {
    pattern.iter().map(|token| token.byte).eq(text.bytes())
}

pub(super) fn equal_ignoring_case(pattern: &[Token], text: &str) -> bool {
    let pattern = pattern.iter().map(|token| token.byte.to_ascii_lowercase());
    pattern.eq(text.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// `*` stands for any characters, `?` for one.
pub(super) fn glob(pattern: &[Token], text: &str) -> bool {
    let text = text.as_bytes();
    let (mut at_pattern, mut at_text, mut retry) = (0, 0, None);
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some(token) if token.is(b'*') => {
                retry = Some((at_pattern + 1, at_text));
                at_pattern += 1;
            }
            Some(token) if token.is(b'?') || !token.wild && token.byte == text[at_text] => {
                at_pattern += 1;
                at_text += 1;
            }
            // Let the last star match one more character.
            _ => match retry {
                Some((after_star, from)) => {
                    retry = Some((after_star, from + 1));
                    (at_pattern, at_text) = (after_star, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at_pattern..].iter().all(|token| token.is(b'*'))
}

impl Token {
    fn is(self, wildcard: u8) -> bool {
        self.wild && self.byte == wildcard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns true if the pattern matches for a user named `ann*` without other keys.
    fn is_like(pattern: &Pattern, text: &str) -> bool {
        let context = |key: &str| (key == "aws:username").then(|| "ann*".to_owned());
        let tokens = pattern.replaced(&context);
        tokens.is_some_and(|tokens| glob(&tokens, text))
    }

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("s3:Get*", "s3:GetObject", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("a*b*c", "aXbYbZc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
        ] {
            let got = is_like(&Pattern::literal(pattern), text);
            assert_eq!(got, expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn variables() {
        for (pattern, text, expected) in [
            ("home/${aws:username}/*", "home/ann*/a", true),
            ("home/${AWS:UserName}/*", "home/ann*/a", true),
            ("home/${aws:username}", "home/anna", false),
            ("${*}${?}${$}", "*?$", true),
            ("${*}", "a", false),
            ("${aws:referer}", "", false),
            ("${aws:referer, 'none'}", "none", true),
            ("${aws:username, 'none'}", "none", false),
            ("$x{y}", "$x{y}", true),
        ] {
            let got = is_like(&Pattern::parse(pattern).expect("a pattern"), text);
            assert_eq!(got, expected, "{pattern} on {text}");
        }
        assert!(!is_like(&Pattern::literal("${aws:username}"), "ann*"));
        for pattern in [
            "${aws:PrincipalTag/team}",
            "${}",
            "${aws:username",
            "${aws:referer, none}",
        ] {
            let refused = Pattern::parse(pattern);
            assert!(
                matches!(refused, Err(Refusal::NotImplemented(_))),
                "{pattern}"
            );
        }
    }
}
