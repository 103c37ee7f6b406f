//! The import graph of a crate: which file uses which, read from `use` declarations and paths, and the circles in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Item, UseTree, visit::Visit};

/// The files of one crate, by their module paths, with the files that each one uses.
#[derive(Debug, Default)]
pub struct Imports {
    /// Edges from file to file. Names are paths below `src`.
    files: BTreeMap<String, BTreeSet<String>>,
}

/// A module of the crate.
struct Module {
    file: String,
    /// Names that the module re-exports, with the paths that they come from.
    re_exports: BTreeMap<String, Vec<String>>,
    paths: Vec<Vec<String>>,
}

impl Imports {
    /// Reads the crate whose `lib.rs` is in this folder.
    ///
    /// # Panics
    ///
    /// If a file cannot be read or is not Rust.
    #[must_use]
    pub fn of_crate(src: &Path) -> Self {
        let mut modules = BTreeMap::new();
        read(src, &src.join("lib.rs"), Vec::new(), &mut modules);
        let mut files = BTreeMap::new();
        for (name, module) in &modules {
            let used: &mut BTreeSet<String> = files.entry(module.file.clone()).or_default();
            for path in &module.paths {
                if let Some(file) = resolve(&modules, name, path, 0)
                    && file != module.file
                {
                    used.insert(file);
                }
            }
        }
        Self { files }
    }

    /// Returns the circles between files: each is a set of files that all use each other, directly or not. A folder's
    /// `mod.rs` (or the crate's `lib.rs`) and the files of this folder may use each other.
    #[must_use]
    pub fn circles_of_files(&self) -> Vec<Vec<String>> {
        let edges = self.files.iter().map(|(from, used)| {
            let used = used
                .iter()
                .filter(|to| !is_parent(from, to) && !is_parent(to, from));
            (from.clone(), used.cloned().collect())
        });
        circles(&edges.collect())
    }

    /// Returns the circles between folders, and between folders and files beside them.
    #[must_use]
    pub fn circles_of_folders(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        for edges in self.siblings().values() {
            found.extend(circles(edges));
        }
        found
    }

    /// Returns the graph of the folders and files at the top of the crate, one line for each.
    #[must_use]
    pub fn top(&self) -> String {
        let siblings = self.siblings();
        let top = siblings.get("").into_iter().flatten();
        top.map(|(from, used)| {
            let used: Vec<&str> = used.iter().map(String::as_str).collect();
            format!("{from} -> {}\n", used.join(", "))
        })
        .collect()
    }

    /// The edges between the children of each folder. An edge between two files counts where their paths part.
    fn siblings(&self) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
        let mut all: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (from, used) in &self.files {
            for to in used {
                if is_parent(from, to) || is_parent(to, from) {
                    continue;
                }
                let (one, other): (Vec<&str>, Vec<&str>) =
                    (from.split('/').collect(), to.split('/').collect());
                let shared = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
                // A folder's own `mod.rs` speaks for the folder.
                if one[shared] == "mod.rs" || other[shared] == "mod.rs" {
                    continue;
                }
                let folder = all.entry(one[..shared].join("/")).or_default();
                let name = |parts: &[&str]| parts[..=shared].join("/");
                folder.entry(name(&one)).or_default().insert(name(&other));
                folder.entry(name(&other)).or_default();
            }
        }
        all
    }
}

/// Returns true if `parent` is the `mod.rs` of a folder, or the module of the same name beside it, that holds `child`.
fn is_parent(parent: &str, child: &str) -> bool {
    let folder = match parent {
        "lib.rs" => return true,
        _ => parent.strip_suffix("mod.rs").map_or_else(
            || format!("{}/", parent.trim_end_matches(".rs")),
            str::to_owned,
        ),
    };
    child.strip_prefix(&folder).is_some()
}

fn read(src: &Path, path: &Path, name: Vec<String>, modules: &mut BTreeMap<Vec<String>, Module>) {
    let text = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{} is read: {error}", path.display()));
    let file = syn::parse_file(&text)
        .unwrap_or_else(|error| panic!("{} is Rust: {error}", path.display()));
    let shown = path.strip_prefix(src).expect("below src");
    let shown = shown.to_str().expect("UTF-8").to_owned();
    add(src, path, &shown, &file.items, name, modules);
}

fn add(
    src: &Path,
    path: &Path,
    shown: &str,
    items: &[Item],
    name: Vec<String>,
    modules: &mut BTreeMap<Vec<String>, Module>,
) {
    let mut module = Module {
        file: shown.to_owned(),
        re_exports: BTreeMap::new(),
        paths: Vec::new(),
    };
    for item in items {
        if is_for_tests(item) {
            continue;
        }
        match item {
            Item::Mod(child) => {
                let mut child_name = name.clone();
                child_name.push(child.ident.to_string());
                match &child.content {
                    Some((_, items)) => add(src, path, shown, items, child_name, modules),
                    None => read(
                        src,
                        &file_of(path, &child.ident.to_string()),
                        child_name,
                        modules,
                    ),
                }
            }
            Item::Use(item) => {
                let mut leaves = Vec::new();
                flatten(&item.tree, &mut Vec::new(), &mut leaves);
                for (path, alias) in leaves {
                    if !matches!(item.vis, syn::Visibility::Inherited) {
                        module.re_exports.insert(alias, path.clone());
                    }
                    module.paths.push(path);
                }
            }
            other => Paths(&mut module.paths).visit_item(other),
        }
    }
    modules.insert(name, module);
}

/// Collects the paths inside functions, types and macros.
struct Paths<'a>(&'a mut Vec<Vec<String>>);

impl Visit<'_> for Paths<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        let segments = path.segments.iter();
        let segments: Vec<String> = segments.map(|segment| segment.ident.to_string()).collect();
        if path.leading_colon.is_none() && segments.len() > 1 {
            self.0.push(segments);
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        self.0.extend(leaves.into_iter().map(|(path, _)| path));
    }

    fn visit_macro(&mut self, item: &syn::Macro) {
        // A macro's tokens have no syntax of their own: only what begins with `crate` or `super` is taken for a path.
        let text = item.tokens.to_string().replace(' ', "");
        for start in ["crate::", "super::"] {
            for (at, _) in text.match_indices(start) {
                let rest = &text[at..];
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
                let path = &rest[..end.unwrap_or(rest.len())];
                self.0.push(
                    path.trim_matches(':')
                        .split("::")
                        .map(str::to_owned)
                        .collect(),
                );
            }
        }
        syn::visit::visit_macro(self, item);
    }
}

fn flatten(tree: &UseTree, before: &mut Vec<String>, leaves: &mut Vec<(Vec<String>, String)>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            let alias = before.last().cloned().unwrap_or_default();
            leaves.push((before.clone(), alias));
        }
        UseTree::Name(name) => {
            let mut path = before.clone();
            path.push(name.ident.to_string());
            leaves.push((path, name.ident.to_string()));
        }
        UseTree::Rename(rename) => {
            let mut path = before.clone();
            path.push(rename.ident.to_string());
            leaves.push((path, rename.rename.to_string()));
        }
        UseTree::Glob(_) => leaves.push((before.clone(), "*".to_owned())),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, leaves);
            }
        }
    }
}

/// Returns the file of the module that a path of `module` leads to, or `None` for a path into another crate.
fn resolve(
    modules: &BTreeMap<Vec<String>, Module>,
    module: &[String],
    path: &[String],
    depth: usize,
) -> Option<String> {
    if depth > 8 {
        return None;
    }
    let mut at = module.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            at.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {}
        first => {
            at.push(first.to_owned());
            if !modules.contains_key(&at) {
                return None;
            }
            rest = &rest[1..];
        }
    }
    while rest.first().is_some_and(|segment| segment == "super") {
        at.pop()?;
        rest = &rest[1..];
    }
    while let Some(next) = rest.first() {
        let mut child = at.clone();
        child.push(next.clone());
        if modules.contains_key(&child) {
            at = child;
        } else if let Some(source) = modules.get(&at)?.re_exports.get(next) {
            // The name counts as that of the file it comes from.
            return resolve(modules, &at, source, depth + 1)
                .or_else(|| Some(modules.get(&at)?.file.clone()));
        } else {
            break;
        }
        rest = &rest[1..];
    }
    Some(modules.get(&at)?.file.clone())
}

fn file_of(parent: &Path, name: &str) -> PathBuf {
    let folder = parent.parent().expect("a folder");
    let folder = match parent.file_name().and_then(|name| name.to_str()) {
        Some("lib.rs" | "mod.rs") => folder.to_owned(),
        _ => folder.join(parent.file_stem().expect("a name")),
    };
    let file = folder.join(format!("{name}.rs"));
    if file.exists() {
        file
    } else {
        folder.join(name).join("mod.rs")
    }
}

fn is_for_tests(item: &Item) -> bool {
    let attrs = match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        _ => return false,
    };
    attrs.iter().any(|attr| {
        attr.path().is_ident("cfg")
            && attr
                .meta
                .require_list()
                .is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

/// Returns the sets of nodes that reach each other.
fn circles(edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = edges.get(from).into_iter().flatten().collect();
        while let Some(node) = open.pop() {
            if seen.insert(node.clone()) {
                open.extend(edges.get(node).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> =
        edges.keys().map(|node| (node, reach(node))).collect();
    let mut found: Vec<Vec<String>> = Vec::new();
    for (node, seen) in &reached {
        if !seen.contains(*node) || found.iter().any(|circle| circle.contains(node)) {
            continue;
        }
        let circle = seen
            .iter()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(*node)));
        found.push(circle.cloned().collect());
    }
    found
}
