//! A figure of a report: its values of all rounds beside the goal.

use std::fmt;

use crate::table::median;

/// What a figure is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
    /// Shown beside the others.
    None,
}

/// One figure, with a value for each round.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What is measured.
    pub measure: String,
    /// The unit, with the space before it.
    pub unit: &'static str,
    /// The goal of the median.
    pub goal: Goal,
    /// The values; or why there are none.
    pub values: Result<Vec<f64>, String>,
}

impl Figure {
    /// A ratio, round by round.
    #[must_use]
    pub fn ratio(measure: &str, values: Vec<f64>, goal: Goal) -> Self {
        Self::new(measure, values, " ×", goal)
    }

    /// A figure in another unit.
    #[must_use]
    pub fn new(measure: &str, values: Vec<f64>, unit: &'static str, goal: Goal) -> Self {
        Self {
            measure: measure.to_owned(),
            unit,
            goal,
            values: Ok(values),
        }
    }

    /// A figure whose peer is not on this machine.
    #[must_use]
    pub fn missing(measure: &str, goal: Goal, reason: &str) -> Self {
        Self {
            measure: measure.to_owned(),
            unit: " ×",
            goal,
            values: Err(reason.to_owned()),
        }
    }

    /// The median of all rounds.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.values.as_deref().ok().map(median)
    }

    /// The least and the greatest value.
    #[must_use]
    pub fn spread(&self) -> Option<(f64, f64)> {
        let values = self.values.as_deref().ok()?;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        Some((least, values.iter().copied().fold(0.0, f64::max)))
    }

    /// The goal in words.
    #[must_use]
    pub fn goal(&self) -> String {
        match self.goal {
            Goal::AtMost(most) => format!("at most {most}{}", self.unit),
            Goal::AtLeast(least) => format!("at least {least}{}", self.unit),
            Goal::None => String::new(),
        }
    }

    /// `met`, `missed`, or nothing without a goal.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        let Some(median) = self.median() else {
            return "not measured";
        };
        match self.goal {
            Goal::None => "",
            Goal::AtMost(most) if median <= most => "met",
            Goal::AtLeast(least) if median >= least => "met",
            Goal::AtMost(_) | Goal::AtLeast(_) => "missed",
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (measure, unit) = (&self.measure, self.unit);
        match (&self.values, self.median(), self.spread()) {
            (Ok(values), Some(median), Some((least, most))) => write!(
                f,
                "{measure}: {median:.2}{unit} ({least:.2} to {most:.2} in {} rounds)",
                values.len()
            )?,
            (Err(reason), ..) => write!(f, "{measure}: {reason}")?,
            _ => write!(f, "{measure}: no rounds")?,
        }
        if self.goal != Goal::None {
            write!(f, " (goal: {}) {}", self.goal(), self.verdict())?;
        }
        Ok(())
    }
}
