//! S3's rules for the name of a general purpose bucket:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.

const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// The length limit for the prefix of a unique name. It leaves room for the unique part.
pub const LONGEST_PREFIX: usize = 40;

/// Returns one sentence for each rule of S3 that a bucket's name breaks.
#[must_use]
pub fn bucket(name: &str) -> Vec<String> {
    problems(name, broken_rules)
}

/// Returns one sentence for each rule that the prefix of a unique name breaks.
#[must_use]
pub fn bucket_prefix(prefix: &str) -> Vec<String> {
    problems(prefix, |prefix| {
        if prefix.is_empty() {
            return vec![
                "a bucket prefix cannot be empty: write one, or leave `bucket_prefix` out for test-bucket".to_owned(),
            ];
        }
        // A hyphen, letters and digits follow, so the rules for names apply to the prefix.
        let mut problems = broken_rules(&format!("{prefix}-0"));
        problems.retain(|problem| !problem.contains("at most 63"));
        let length = prefix.chars().count();
        if length > LONGEST_PREFIX {
            problems.push(format!(
                "a bucket prefix has at most {LONGEST_PREFIX} characters, and this one has {length}"
            ));
        }
        problems
    })
}

fn problems(name: &str, broken_rules: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let mut problems = broken_rules(name);
    // Wrong letters are the common mistake, and replacing them is the obvious remedy.
    let remedy = name.to_ascii_lowercase().replace(
        |c: char| c != '.' && (c.is_ascii_punctuation() || c == ' '),
        "-",
    );
    if let Some(first) = problems.first_mut()
        && remedy != name
        && broken_rules(&remedy).is_empty()
    {
        first.push_str(&format!(": write \"{remedy}\""));
    }
    problems
}

fn broken_rules(name: &str) -> Vec<String> {
    if name.is_empty() {
        return vec![
            "a bucket name cannot be empty: write one, or leave `bucket` out for a fresh unique name"
                .to_owned(),
        ];
    }
    let mut problems = Vec::new();
    let mut broken = |problem: String| problems.push(problem);

    if name.contains(|c: char| c.is_ascii_uppercase()) {
        broken("a bucket name has no uppercase letters".to_owned());
    }
    if name.contains('_') {
        broken("a bucket name has no underscores, only hyphens".to_owned());
    }
    let mut others: Vec<char> = Vec::new();
    for c in name.chars() {
        let known = c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !known && !others.contains(&c) {
            others.push(c);
        }
    }
    if !others.is_empty() {
        let list: Vec<String> = others.iter().map(|c| format!("{c:?}")).collect();
        broken(format!(
            "a bucket name has only lowercase letters a-z, digits, hyphens and dots, but not {}",
            list.join(", ")
        ));
    }

    let length = name.chars().count();
    if length < 3 {
        broken(format!(
            "a bucket name has at least 3 characters, and this one has {length}"
        ));
    }
    if length > 63 {
        broken(format!(
            "a bucket name has at most 63 characters, and this one has {length}"
        ));
    }
    for (end, c) in [
        ("begins", name.chars().next()),
        ("ends", name.chars().next_back()),
    ] {
        if let Some(c @ ('.' | '-')) = c {
            broken(format!(
                "a bucket name {end} with a letter or a digit, not with '{c}'"
            ));
        }
    }
    if name.contains("..") {
        broken("a bucket name has no two dots in a row".to_owned());
    }
    if name.contains(".-") || name.contains("-.") {
        broken("a bucket name has no hyphen beside a dot, which most servers refuse".to_owned());
    }
    if looks_like_an_ip_address(name) {
        broken("a bucket name cannot look like an IP address".to_owned());
    }
    for prefix in RESERVED_PREFIXES {
        if name.starts_with(prefix) {
            broken(format!(
                "bucket names that begin with \"{prefix}\" are reserved by S3: choose another beginning"
            ));
        }
    }
    for suffix in RESERVED_SUFFIXES {
        if name.ends_with(suffix) {
            broken(format!(
                "bucket names that end with \"{suffix}\" are reserved by S3: choose another end"
            ));
        }
    }
    problems
}

/// Returns true for four numbers separated by dots. Like S3 servers, it also counts `999.1.1.1` as an address.
fn looks_like_an_ip_address(name: &str) -> bool {
    let mut parts = 0;
    name.split('.').all(|part| {
        parts += 1;
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
    }) && parts == 4
}

#[cfg(test)]
mod tests {
    use super::{bucket as problems, bucket_prefix};

    #[test]
    fn names_that_s3_takes() {
        for name in [
            "abc",
            "test-uploads",
            "docexamplewebsite.com",
            "my.example.s3.bucket",
            "123",
            "192.168.5",
            "192.168.5.4.5",
            "192.168.5.x",
            "my-xn--bucket",
            "s3alias",
            "mrap",
            &"a".repeat(63),
        ] {
            assert_eq!(problems(name), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn each_rule_has_its_own_sentence() {
        for (name, expected) in [
            ("", "cannot be empty"),
            ("ab", "at least 3 characters, and this one has 2"),
            (
                &"a".repeat(64),
                "at most 63 characters, and this one has 64",
            ),
            ("Uploads", "no uppercase letters: write \"uploads\""),
            (
                "my_uploads",
                "no underscores, only hyphens: write \"my-uploads\"",
            ),
            ("my uploads", "but not ' ': write \"my-uploads\""),
            ("a/b!c/d", "but not '/', '!'"),
            ("straße", "but not 'ß'"),
            ("-abc", "begins with a letter or a digit, not with '-'"),
            ("abc.", "ends with a letter or a digit, not with '.'"),
            ("a..b", "no two dots in a row"),
            ("a-.b", "no hyphen beside a dot"),
            ("a.-b", "no hyphen beside a dot"),
            ("192.168.5.4", "look like an IP address"),
            ("999.1.1.1", "look like an IP address"),
            ("xn--abc", "begin with \"xn--\" are reserved"),
            ("sthree-abc", "begin with \"sthree-\" are reserved"),
            (
                "amzn-s3-demo-abc",
                "begin with \"amzn-s3-demo-\" are reserved",
            ),
            ("abc-s3alias", "end with \"-s3alias\" are reserved"),
            ("abc--ol-s3", "end with \"--ol-s3\" are reserved"),
            ("abc.mrap", "end with \".mrap\" are reserved"),
            ("abc--x-s3", "end with \"--x-s3\" are reserved"),
            ("abc--table-s3", "end with \"--table-s3\" are reserved"),
        ] {
            let problems = problems(name);
            assert_eq!(problems.len(), 1, "{name}: {problems:?}");
            assert!(problems[0].contains(expected), "{name}: {problems:?}");
        }
    }

    #[test]
    fn every_broken_rule_is_told_and_the_remedy_covers_them_all() {
        let problems = problems("My_Uploads");
        assert_eq!(
            problems,
            [
                "a bucket name has no uppercase letters: write \"my-uploads\"",
                "a bucket name has no underscores, only hyphens",
            ]
        );
        assert_eq!(super::bucket("-A..").len(), 4);
    }

    #[test]
    fn a_prefix_is_wrong_where_the_name_would_be() {
        for prefix in ["uploads", "a", "my.app", "team-a", &"a".repeat(40)] {
            assert_eq!(bucket_prefix(prefix), Vec::<String>::new(), "{prefix}");
        }
        for (prefix, expected) in [
            ("", "cannot be empty"),
            ("Uploads", "no uppercase letters: write \"uploads\""),
            ("-a", "begins with a letter or a digit"),
            ("a.", "no hyphen beside a dot"),
            ("xn--a", "begin with \"xn--\" are reserved"),
            (
                &"a".repeat(41),
                "at most 40 characters, and this one has 41",
            ),
            (
                &"a".repeat(64),
                "at most 40 characters, and this one has 64",
            ),
        ] {
            let problems = bucket_prefix(prefix);
            assert_eq!(problems.len(), 1, "{prefix}: {problems:?}");
            assert!(problems[0].contains(expected), "{prefix}: {problems:?}");
        }
    }
}
