//! The report: a table of all figures, and pictures of growth, as files.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    thread,
};

use crate::{
    chart,
    figure::Figure,
    growth::{Growth, Panel},
    measure::Setting,
};

/// The variable that names the folder.
pub const FOLDER_VARIABLE: &str = "S3_TEST_BENCH_REPORT";

/// What was measured so far. Every addition writes the files anew, so that nothing is lost if a later measure fails.
#[derive(Debug)]
pub struct Report {
    folder: PathBuf,
    setting: Setting,
    figures: Vec<Figure>,
    growths: Vec<Growth>,
}

impl Report {
    /// A report in the folder that [`FOLDER_VARIABLE`] names, or in `report/` of the workspace.
    ///
    /// # Panics
    ///
    /// When the folder cannot be made.
    #[must_use]
    pub fn new(setting: Setting) -> Self {
        let folder = env::var_os(FOLDER_VARIABLE).map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../report"),
            PathBuf::from,
        );
        fs::create_dir_all(&folder).expect("a folder for the report");
        let folder = folder.canonicalize().expect("the folder");
        Self {
            folder,
            setting,
            figures: Vec::new(),
            growths: Vec::new(),
        }
    }

    /// The Markdown file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join("report.md")
    }

    /// Adds figures.
    ///
    /// # Panics
    ///
    /// When the files cannot be written.
    pub fn add(&mut self, figures: Vec<Figure>) {
        self.figures.extend(figures);
        self.write();
    }

    /// Adds a growth with its picture.
    ///
    /// # Panics
    ///
    /// When the files cannot be written.
    pub fn add_growth(&mut self, growth: Growth) {
        let picture = self.folder.join(picture(&growth));
        fs::write(picture, chart::draw(&growth)).expect("a picture");
        self.growths.push(growth);
        self.write();
    }

    fn write(&self) {
        fs::write(self.path(), self.markdown()).expect("the report");
    }

    fn markdown(&self) -> String {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let mut text = format!(
            "# How fast s3-test is\n\nMeasured on {cores} cores, test binaries with the profile `{}`. Each figure is the \
             median of its rounds, in which both sides of a ratio take turns; the spread goes from the least round to the \
             greatest.\n\n| measure | figure | spread | rounds | goal | |\n| --- | --- | --- | --- | --- | --- |\n",
            self.setting.profile
        );
        for figure in &self.figures {
            row(&mut text, figure);
        }
        for growth in &self.growths {
            let _ = write!(
                text,
                "\n## Growth with the number of {}\n\n![{}]({})\n",
                growth.of,
                growth.name,
                picture(growth)
            );
            for panel in &growth.panels {
                table(&mut text, panel, growth.of);
            }
        }
        text
    }
}

fn picture(growth: &Growth) -> String {
    format!("growth-{}.svg", growth.name)
}

fn row(text: &mut String, figure: &Figure) {
    let unit = figure.unit;
    let (median, spread, rounds) = match (&figure.values, figure.median(), figure.spread()) {
        (Ok(values), Some(median), Some((least, most))) => (
            format!("**{median:.2}{unit}**"),
            format!("{least:.2} to {most:.2}"),
            values.len().to_string(),
        ),
        (Err(reason), ..) => (reason.clone(), String::new(), String::new()),
        _ => Default::default(),
    };
    let (measure, goal, verdict) = (&figure.measure, figure.goal(), figure.verdict());
    let _ = writeln!(
        text,
        "| {measure} | {median} | {spread} | {rounds} | {goal} | {verdict} |"
    );
}

/// Writes each point with the factor by which it grew, and whether that was more than linear.
fn table(text: &mut String, panel: &Panel, of: &str) {
    let _ = write!(text, "\n**{}**\n\n| {of} |", panel.title);
    for line in &panel.lines {
        let _ = write!(text, " {} | |", line.name);
    }
    let columns = 1 + 2 * panel.lines.len();
    let _ = write!(text, "\n|{}\n", " --- |".repeat(columns));
    let longest = panel.lines.iter().max_by_key(|line| line.points.len());
    let numbers = longest.into_iter().flat_map(|line| &line.points);
    for (index, (number, _)) in numbers.enumerate() {
        let _ = write!(text, "| {number} |");
        for line in &panel.lines {
            let growth = index.checked_sub(1).and_then(|it| line.growth().nth(it));
            let words = match growth {
                Some((factor, true)) => format!("× {factor:.2}, linear or better"),
                Some((factor, false)) => format!("× {factor:.2}, **more than linear**"),
                None => String::new(),
            };
            match line.points.get(index) {
                Some((_, quantity)) => {
                    let _ = write!(text, " {} | {words} |", short(*quantity));
                }
                None => text.push_str(" | |"),
            }
        }
        text.push('\n');
    }
}

/// Three digits, and no more after the point than help.
fn short(quantity: f64) -> String {
    match quantity {
        100.0.. => format!("{quantity:.0}"),
        1.0.. => format!("{quantity:.2}"),
        _ => format!("{quantity:.4}"),
    }
}
