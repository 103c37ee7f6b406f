//! What stands inside `#[s3_test(…)]`.
use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{Error, Lit, LitStr, Path, Result, ext::IdentExt as _, parse::ParseStream};

use crate::{
    environment,
    list::{self, Given},
    problems::Problems,
    value::Value,
};

/// Every option, and how it is written.
const OPTIONS: [(&str, &str); 13] = [
    ("bucket", "bucket = \"test-uploads\""),
    ("backend", "backend = \"container\""),
    ("image", "image = \"rustfs/rustfs:latest\""),
    ("access_key", "access_key = \"rustfsadmin\""),
    ("secret_key", "secret_key = \"rustfsadmin\""),
    ("region", "region = \"us-east-1\""),
    ("environment", "environment(NAME = \"value\")"),
    ("startup_timeout", "startup_timeout = \"60s\""),
    ("idle_timeout", "idle_timeout = \"10s\""),
    ("timeout", "timeout = \"30s\""),
    ("flavor", "flavor = \"multi_thread\""),
    ("worker_threads", "worker_threads = 4"),
    ("crate", "crate = my_crate::s3_test"),
];

/// Names from elsewhere that mean one of ours, and are not spelt like it.
const SYNONYMS: [(&str, &str); 4] = [
    ("name", "bucket"),
    ("env", "environment"),
    ("core_threads", "worker_threads"),
    ("threads", "worker_threads"),
];

/// The options, each with a value that makes sense; where one does not, the problem is told and the option is unset.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) bucket: Option<LitStr>,
    pub(crate) backend: Option<Backend>,
    pub(crate) image: Option<LitStr>,
    pub(crate) access_key: Option<LitStr>,
    pub(crate) secret_key: Option<LitStr>,
    pub(crate) region: Option<LitStr>,
    /// Names and values of more variables for the server.
    pub(crate) environment: Vec<(LitStr, LitStr)>,
    pub(crate) startup_timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) flavor: Option<Flavor>,
    pub(crate) worker_threads: Option<usize>,
    /// Where the expansion finds the runtime crate.
    pub(crate) crate_path: Option<Path>,
}

/// Where the bucket lives.
#[derive(Clone, Copy)]
pub(crate) enum Backend {
    Auto,
    Container,
    Embedded,
}

/// The tokio runtime of the test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
}

impl Args {
    /// Reads all options and tells everything that is wrong with them.
    pub(crate) fn parse(tokens: TokenStream, problems: &mut Problems) -> Self {
        let mut args = Self::default();
        let mut seen: Vec<Ident> = Vec::new();
        for (name, given) in list::entries(tokens, option_name, problems) {
            if seen.contains(&name) {
                problems.push(Error::new(
                    name.span(),
                    format!("`{name}` is there twice: keep one of the two"),
                ));
            }
            args.set(&name, given, problems);
            seen.push(name);
        }
        // A flavor that is there but wrong has been told already.
        let flavor_is_wrong = args.flavor.is_none() && seen.iter().any(|name| name == "flavor");
        if args.flavor != Some(Flavor::MultiThread)
            && !flavor_is_wrong
            && let Some(name) = seen.iter().find(|name| *name == "worker_threads")
        {
            problems.push(Error::new(
                name.span(),
                "`worker_threads` needs the flavor that has workers: add `flavor = \"multi_thread\"`",
            ));
        }
        args
    }

    fn set(&mut self, ident: &Ident, given: Given, problems: &mut Problems) {
        let name = ident.to_string();
        let Some((name, example)) = OPTIONS.into_iter().find(|(known, _)| *known == name) else {
            problems.push(Error::new(ident.span(), unknown_option(&name)));
            return;
        };
        if name == "environment" {
            match given {
                Given::List(list) if !list.is_empty() => {
                    self.environment = environment::parse(list, problems);
                }
                _ => problems.push(Error::new(
                    ident.span(),
                    format!("`environment` takes a list of variables: write `{example}`"),
                )),
            }
            return;
        }
        let Some(tokens) = problems.keep(value_tokens(ident, example, given)) else {
            return;
        };
        let value = Value {
            name,
            example,
            tokens,
        };
        match name {
            "bucket" => self.bucket = problems.keep(value.bucket_name()),
            "backend" => self.backend = problems.keep(value.string().and_then(backend)),
            "image" => self.image = problems.keep(value.text("rustfs/rustfs:latest")),
            "access_key" => self.access_key = problems.keep(value.text("the default key")),
            "secret_key" => self.secret_key = problems.keep(value.text("the default key")),
            "region" => self.region = problems.keep(value.text("us-east-1")),
            "startup_timeout" => {
                self.startup_timeout = problems.keep(value.duration("60 seconds"));
            }
            "idle_timeout" => self.idle_timeout = problems.keep(value.duration("10 seconds")),
            "timeout" => self.timeout = problems.keep(value.duration("no limit")),
            "flavor" => self.flavor = problems.keep(value.string().and_then(flavor)),
            "worker_threads" => self.worker_threads = problems.keep(value.count()),
            _ => self.crate_path = problems.keep(value.path()),
        }
    }
}

/// The name of an option; friendly to those who left it out.
fn option_name(input: ParseStream) -> Result<Ident> {
    if input.peek(Lit) {
        let lit: Lit = input.parse()?;
        let message = match &lit {
            Lit::Str(_) => format!(
                "an option has a name: did you mean `bucket = {}`?",
                lit.to_token_stream()
            ),
            _ => format!("an option has a name, as in `{}`", OPTIONS[0].1),
        };
        return Err(Error::new_spanned(lit, message));
    }
    input.call(Ident::parse_any).map_err(|error| {
        Error::new(
            error.span(),
            format!("expected an option, such as `{}`", OPTIONS[0].1),
        )
    })
}

/// What stands behind the `=`, which all options but `environment` have.
fn value_tokens(name: &Ident, example: &str, given: Given) -> Result<TokenStream> {
    match given {
        Given::Value(tokens) => Ok(tokens),
        Given::List(list) if !list.is_empty() => Err(Error::new_spanned(
            &list,
            match syn::parse2::<Lit>(list.clone()) {
                Ok(lit) => format!(
                    "`{name}` takes its value behind `=`: write `{name} = {}`",
                    lit.to_token_stream()
                ),
                Err(_) => format!("`{name}` takes its value behind `=`, as in `{example}`"),
            },
        )),
        Given::Nothing | Given::List(_) => Err(Error::new(
            name.span(),
            format!("`{name}` needs a value, as in `{example}`"),
        )),
    }
}

fn backend(name: LitStr) -> Result<Backend> {
    match name.value().as_str() {
        "auto" => Ok(Backend::Auto),
        "container" => Ok(Backend::Container),
        "embedded" => Ok(Backend::Embedded),
        other => Err(Error::new_spanned(
            &name,
            format!(
                "there is no backend \"{other}\": the backends are \"auto\", \"container\" and \"embedded\""
            ),
        )),
    }
}

fn flavor(name: LitStr) -> Result<Flavor> {
    let message = match name.value().as_str() {
        "current_thread" => return Ok(Flavor::CurrentThread),
        "multi_thread" => return Ok(Flavor::MultiThread),
        "single_thread" | "single_threaded" | "basic_scheduler" => {
            "the flavor with a single thread is called \"current_thread\"".to_owned()
        }
        "threaded_scheduler" | "multi_threaded" => {
            "the flavor with several threads is called \"multi_thread\"".to_owned()
        }
        other => format!(
            "there is no flavor \"{other}\": the flavors are \"current_thread\" and \"multi_thread\""
        ),
    };
    Err(Error::new_spanned(name, message))
}

fn unknown_option(name: &str) -> String {
    if matches!(name, "current_thread" | "multi_thread") {
        return format!("the flavor is an option: write `flavor = \"{name}\"`");
    }
    let names = OPTIONS.map(|(name, _)| name);
    let synonym = SYNONYMS
        .into_iter()
        .find_map(|(other, ours)| (other == name).then_some(ours));
    let nearest = synonym.or_else(|| nearest(name, &names));
    let suggestion =
        nearest.map_or_else(String::new, |nearest| format!("did you mean `{nearest}`? "));
    let list = names.map(|name| format!("`{name}`")).join(", ");
    format!("there is no option `{name}`: {suggestion}the options are {list}")
}

/// The known name that a mistyped one most likely stands for.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&name, known), *known))
        .filter(|(similarity, _)| *similarity > 0.87)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr as _;

    fn parse(source: &str) -> (Args, Vec<String>) {
        let mut problems = Problems::default();
        let tokens = TokenStream::from_str(source).expect("tokens");
        let args = Args::parse(tokens, &mut problems);
        (args, problems.messages())
    }

    #[test]
    fn every_option_has_its_place() {
        let (args, problems) = parse(
            r#"bucket = "test-uploads", backend = "auto", image = "minio/minio", access_key = "a", secret_key = "b",
               region = "eu-west-1", environment(RUST_LOG = "debug", "other.name" = "x", r#type = ""),
               startup_timeout = "1m 30s", idle_timeout = "500ms", timeout = "5s",
               flavor = "multi_thread", worker_threads = 4, crate = my::s3_test,"#,
        );
        assert_eq!(problems, Vec::<String>::new());
        let text = |value: &Option<LitStr>| value.as_ref().map(LitStr::value);
        assert_eq!(text(&args.bucket).as_deref(), Some("test-uploads"));
        assert_eq!(text(&args.image).as_deref(), Some("minio/minio"));
        assert_eq!(text(&args.access_key).as_deref(), Some("a"));
        assert_eq!(text(&args.secret_key).as_deref(), Some("b"));
        assert_eq!(text(&args.region).as_deref(), Some("eu-west-1"));
        let variables: Vec<_> = args
            .environment
            .iter()
            .map(|(name, value)| (name.value(), value.value()))
            .collect();
        assert_eq!(
            variables,
            [("RUST_LOG", "debug"), ("other.name", "x"), ("type", "")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(args.startup_timeout, Some(Duration::from_secs(90)));
        assert_eq!(args.idle_timeout, Some(Duration::from_millis(500)));
        assert_eq!(args.timeout, Some(Duration::from_secs(5)));
        assert!(matches!(args.backend, Some(Backend::Auto)));
        assert!(args.flavor == Some(Flavor::MultiThread));
        assert_eq!(args.worker_threads, Some(4));
        assert_eq!(args.crate_path.map(|path| path.segments.len()), Some(2));
    }

    #[test]
    fn a_crate_may_stand_in_quotes_and_nothing_may_stand_at_all() {
        let (args, problems) = parse(r#"crate = "my::s3_test""#);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(args.crate_path.map(|path| path.segments.len()), Some(2));
        assert_eq!(parse("").1, Vec::<String>::new());
    }

    #[test]
    fn one_mistake_does_not_hide_the_next() {
        let (args, problems) = parse(
            r#"bukcet = "a", bucket = 5, "x", timeout = 30, , worker_threads = "4", region = "eu-west-1""#,
        );
        assert_eq!(problems.len(), 7, "{problems:#?}");
        assert_eq!(
            args.region.map(|region| region.value()).as_deref(),
            Some("eu-west-1")
        );
    }

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        for (name, expected) in [
            ("bukcet", Some("bucket")),
            ("Bucket", Some("bucket")),
            ("buckets", Some("bucket")),
            ("name", Some("bucket")),
            ("env", Some("environment")),
            ("access_key_id", Some("access_key")),
            ("secret", Some("secret_key")),
            ("startup", Some("startup_timeout")),
            ("worker_thread", Some("worker_threads")),
            ("time_out", Some("timeout")),
            ("flavour", Some("flavor")),
            ("endpoint", None),
            ("start_paused", None),
            ("x", None),
        ] {
            let message = unknown_option(name);
            match expected {
                Some(near) => assert!(
                    message.contains(&format!("did you mean `{near}`?")),
                    "{message}"
                ),
                None => assert!(!message.contains("did you mean"), "{message}"),
            }
        }
    }
}
