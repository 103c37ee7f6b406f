//! Imports run one way: no two files and no two folders of a crate use each other, directly or over others.
//!
//! `cargo test -p s3-test-suite --test import_graph -- --nocapture` prints the graph of each crate's folders.
#![allow(clippy::print_stdout, reason = "the graph is for people")]

use std::{fs, path::Path};

use s3_test_suite::{Imports, workspace};

fn check(folder: &str) {
    let imports = Imports::of_crate(&workspace().join(folder).join("src"));
    println!("{folder}\n{}", imports.top());
    let circles = [imports.circles_of_files(), imports.circles_of_folders()].concat();
    assert_eq!(
        circles,
        Vec::<Vec<String>>::new(),
        "these use each other in {folder}: move what both need to where neither needs the other"
    );
}

#[test]
fn of_the_runtime() {
    check("runtime");
}

#[test]
fn of_the_embedded_server() {
    check("runtime/embedded");
}

#[test]
fn of_the_macro() {
    check("macros");
}

#[test]
fn of_the_options() {
    check("macros/options");
}

fn crate_of(files: &[(&str, &str)]) -> Imports {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, text).expect("written");
    }
    Imports::of_crate(folder.path())
}

#[test]
fn a_circle_of_files_is_found() {
    let imports = crate_of(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub(crate) struct A;"),
        ("b.rs", "pub(crate) struct B; fn f() { crate::c::g(); }"),
        ("c.rs", "use super::{a::A, b::B}; pub(crate) fn g() {}"),
    ]);
    assert_eq!(imports.circles_of_files(), [["a.rs", "b.rs", "c.rs"]]);
}

#[test]
fn a_circle_of_folders_is_found_over_names_that_are_re_exported() {
    let imports = crate_of(&[
        (
            "lib.rs",
            "mod one; mod other; pub(crate) use one::deep::Deep;",
        ),
        ("one/mod.rs", "pub(crate) mod deep; mod high;"),
        ("one/deep.rs", "pub(crate) struct Deep;"),
        ("one/high.rs", "use crate::other::Other;"),
        (
            "other.rs",
            "use crate::Deep; pub(crate) struct Other(Deep);",
        ),
    ]);
    assert_eq!(imports.circles_of_files(), Vec::<Vec<String>>::new());
    assert_eq!(imports.circles_of_folders(), [["one", "other.rs"]]);
}

#[test]
fn a_folder_and_its_own_files_may_use_each_other_and_so_may_tests() {
    let imports = crate_of(&[
        ("lib.rs", "mod a; mod b;"),
        (
            "a/mod.rs",
            "mod child; pub(crate) struct A; use child::Child;",
        ),
        ("a/child.rs", "use super::A; pub(crate) struct Child(A);"),
        (
            "b.rs",
            "use crate::a::A; #[cfg(test)] mod tests { use super::*; }",
        ),
    ]);
    assert_eq!(imports.circles_of_files(), Vec::<Vec<String>>::new());
    assert_eq!(imports.circles_of_folders(), Vec::<Vec<String>>::new());
}
