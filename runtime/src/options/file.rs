//! Finding and reading `s3-test.toml`.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use s3_test_options::suggestion;
use toml::de::{DeTable, ValueDeserializer};

use super::layer::{InFile, Layer};
use crate::error::Error;

/// The file's name.
const NAME: &str = "s3-test.toml";

/// Returns the options of a package's file, or none if there is no file. Each process reads it once.
pub(super) fn of_package(package: &Path) -> Result<Layer, Arc<Error>> {
    type Read = Result<Layer, Arc<Error>>;
    static READ: Mutex<Option<HashMap<PathBuf, Read>>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let read = read.get_or_insert_default();
    if let Some(known) = read.get(package) {
        return known.clone();
    }
    let layer = find(package).and_then(|path| match path {
        Some(path) => read_file(&path),
        None => Ok(Layer::default()),
    });
    let layer = layer.map_err(Arc::new);
    read.insert(package.to_owned(), layer.clone());
    layer
}

/// Returns the nearest file, from the package's folder up to the workspace's root.
fn find(package: &Path) -> Result<Option<PathBuf>, Error> {
    for folder in package.ancestors() {
        let path = folder.join(NAME);
        if exists(&path)? {
            // Manifests are read only now: parsing one takes longer than all else that a test without a file needs.
            let counts = folder == package || is_in_one_workspace(package, folder);
            return Ok(counts.then_some(path));
        }
    }
    Ok(None)
}

/// Returns true if `folder`, which is further up, is in the workspace of the package. Outside of a workspace only the
/// package's own folder counts.
fn is_in_one_workspace(package: &Path, folder: &Path) -> bool {
    let mut below = package.ancestors().take_while(|it| *it != folder);
    !below.any(is_workspace_root) && folder.ancestors().any(is_workspace_root)
}

fn exists(path: &Path) -> Result<bool, Error> {
    path.try_exists()
        .map_err(|error| invalid(path, None, error.to_string()))
}

fn is_workspace_root(folder: &Path) -> bool {
    fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| {
        DeTable::parse(&text).is_ok_and(|table| table.get_ref().contains_key("workspace"))
    })
}

fn read_file(path: &Path) -> Result<Layer, Error> {
    let text = fs::read_to_string(path)
        .map_err(|error: io::Error| invalid(path, None, error.to_string()))?;
    let line_at = |offset: usize| 1 + text[..offset.min(text.len())].matches('\n').count();
    let syntax = |error: toml::de::Error| {
        let line = error.span().map(|span| line_at(span.start));
        invalid(path, line, error.message().to_owned())
    };
    let table = DeTable::parse(&text).map_err(syntax)?;
    let shared: Arc<Path> = path.into();
    let mut layer = Layer::default();
    for (key, value) in table.into_inner() {
        let line = line_at(key.span().start);
        let key = key.into_inner();
        if !Layer::NAMES.contains(&&*key) {
            return Err(invalid(path, Some(line), unknown_key(&key)));
        }
        let value_line = line_at(value.span().start);
        let in_file = InFile {
            line: value_line,
            value: ValueDeserializer::from(value),
        };
        layer
            .set_from_file(&key, &shared, in_file)
            .map_err(|(error, shape)| {
                let line = error.span().map_or(value_line, |span| line_at(span.start));
                invalid(
                    path,
                    Some(line),
                    format!(
                        "`{key}`: {}: write it as in `{key} = {shape}`",
                        error.message()
                    ),
                )
            })?;
    }
    Ok(layer)
}

fn unknown_key(key: &str) -> String {
    let only_inline = match s3_test_options::row(key) {
        Some(_) => format!("`{key}` stands inside the attribute only: "),
        None => String::new(),
    };
    let suggestion = suggestion(key, Layer::NAMES)
        .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let names: Vec<String> = Layer::NAMES
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    format!(
        "there is no key `{key}`: {only_inline}{suggestion}the keys are {}",
        names.join(", ")
    )
}

fn invalid(path: &Path, line: Option<usize>, problem: String) -> Error {
    Error::ConfigurationFile {
        place: match line {
            Some(line) => format!("{}:{line}", path.display()),
            None => path.display().to_string(),
        },
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace with one package, and a file with this text in each of these folders.
    fn workspace(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write("outside/Cargo.toml", "[workspace]\n");
        write("outside/crates/one/Cargo.toml", "[package]\n");
        for (path, text) in files {
            write(path, text);
        }
        root
    }

    fn image_of(root: &tempfile::TempDir) -> Option<String> {
        let layer = of_package(&root.path().join("outside/crates/one")).expect("readable");
        layer.image.clone().map(|sourced| sourced.value)
    }

    #[test]
    fn the_nearest_file_counts_up_to_the_root_of_the_workspace() {
        let near = ("outside/crates/one/s3-test.toml", "image = 'near'");
        let root = ("outside/s3-test.toml", "image = 'root'");
        let outside = ("s3-test.toml", "image = 'outside'");
        assert_eq!(
            image_of(&workspace(&[near, root, outside])).as_deref(),
            Some("near")
        );
        assert_eq!(
            image_of(&workspace(&[root, outside])).as_deref(),
            Some("root")
        );
        assert_eq!(image_of(&workspace(&[outside])), None);
        assert_eq!(image_of(&workspace(&[])), None);
    }

    #[test]
    fn a_package_without_a_workspace_has_its_file_beside_its_manifest() {
        let root = tempfile::tempdir().expect("a folder");
        let package = root.path().join("package");
        fs::create_dir(&package).expect("a folder");
        fs::write(package.join("Cargo.toml"), "[package]").expect("a file");
        fs::write(root.path().join(NAME), "image = 'outside'").expect("a file");
        assert!(of_package(&package).expect("readable").image.is_none());
        let other = root.path().join("other");
        fs::create_dir(&other).expect("a folder");
        fs::write(other.join(NAME), "image = 'own'").expect("a file");
        assert!(of_package(&other).expect("readable").image.is_some());
    }

    #[test]
    fn every_key_is_read_and_its_line_is_known() {
        let text: String = Layer::EXAMPLES
            .iter()
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect();
        let root = workspace(&[("outside/s3-test.toml", &text)]);
        let layer = of_package(&root.path().join("outside/crates/one")).expect("readable");
        assert!(layer.set_options().eq(Layer::NAMES.iter().copied()));
        let port = layer.port.as_ref().expect("a port");
        assert_eq!(port.value, 9000);
        assert!(
            port.source
                .to_string()
                .ends_with("s3-test.toml:5: the key `port`"),
            "{}",
            port.source
        );
        let fixtures = &layer.fixtures.as_ref().expect("fixtures").value;
        assert_eq!(fixtures[1].prefix.as_deref(), Some("prefix/"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_key() {
        for (text, line, words) in [
            (
                "\nimgae = 'x'",
                2,
                "there is no key `imgae`: did you mean `image`? the keys are `bucket`",
            ),
            (
                "image = 5",
                1,
                "`image`: invalid type: integer `5`, expected a string",
            ),
            (
                "\n\nport = 'x'",
                3,
                "`port`: invalid type: string \"x\", expected u64",
            ),
            (
                "port = -1",
                1,
                "`port`: invalid value: integer `-1`, expected u64",
            ),
            (
                "command = 'x'",
                1,
                "`command`: invalid type: string \"x\", expected a sequence",
            ),
            (
                "environment = { A = 1 }",
                1,
                "`environment`: invalid type: integer `1`, expected a string",
            ),
            (
                "fixtures = [\n1\n]",
                1,
                "`fixtures`: a fixture is a path, or a table such as",
            ),
            (
                "fixtures = [{ path = 'a', prefx = 'b' }]",
                1,
                "`fixtures`: a fixture is a path, or a table such as",
            ),
            ("image = 'a'\nimage = 'b'", 2, "duplicate key"),
            ("image =", 1, ""),
            (
                "crate = 'x'",
                1,
                "there is no key `crate`: `crate` stands inside the attribute only: ",
            ),
            ("[container]\nimage = 'x'", 1, "there is no key `container`"),
        ] {
            let root = workspace(&[("outside/s3-test.toml", text)]);
            let error = of_package(&root.path().join("outside/crates/one"))
                .expect_err(text)
                .to_string();
            let place = format!("s3-test.toml:{line}: ");
            assert!(
                error.contains(&place) && error.contains(words),
                "{text}: {error}"
            );
        }
    }
}
