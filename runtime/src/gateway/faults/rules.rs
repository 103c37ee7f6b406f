//! The rules of one gateway: which request gets which fault, and why others got none.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::kind::Kind;
use crate::gateway::{operation::Operation, request::Request};

/// The number of near misses of a rule that are kept for its message.
const MISSES_SHOWN: usize = 5;

type Check = Box<dyn Fn(&Request) -> Result<(), String> + Send + Sync>;

/// All rules, in the order in which they were made.
#[derive(Debug)]
pub(in super::super) struct Rules {
    rules: Mutex<Vec<Rule>>,
    changed: watch::Sender<()>,
}

/// One rule.
pub(super) struct Rule {
    /// No operation means any.
    pub(super) operation: Option<Operation>,
    pub(super) description: String,
    pub(super) checks: Vec<Check>,
    pub(super) skip: usize,
    pub(super) every: usize,
    pub(super) times: Option<usize>,
    pub(super) probability: Option<f64>,
    pub(super) random: u64,
    pub(super) optional: bool,
    pub(super) kind: Kind,
    pub(super) matched: usize,
    pub(super) hits: usize,
    pub(super) cleared: bool,
    pub(super) misses: Vec<String>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            rules: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }
}

impl Rules {
    /// Adds a rule after all others, and returns its place.
    pub(super) fn add(&self, rule: Rule) -> usize {
        let mut rules = self.rules();
        rules.push(rule);
        rules.len() - 1
    }

    /// Returns the fault of the first rule that fires for a request.
    pub(in super::super) fn decide(&self, request: &Request) -> Option<Kind> {
        let mut rules = self.rules();
        let fired = rules.iter_mut().find_map(|rule| {
            if rule.cleared || rule.is_used_up() {
                return None;
            }
            match rule.fires(request) {
                Ok(()) => {
                    rule.hits += 1;
                    Some(rule.kind.clone())
                }
                Err(miss) => {
                    if let Some(miss) = miss
                        && rule.misses.len() < MISSES_SHOWN
                    {
                        rule.misses.push(miss);
                    }
                    None
                }
            }
        });
        drop(rules);
        if fired.is_some() {
            self.changed.send_replace(());
        }
        fired
    }

    pub(super) fn hits(&self, index: usize) -> usize {
        self.rules()[index].hits
    }

    pub(super) fn clear(&self, index: usize) {
        self.rules()[index].cleared = true;
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Tells what a rule is and which requests nearly met it.
    pub(super) fn explain(&self, index: usize) -> String {
        self.rules()[index].explain()
    }

    /// Checks that every rule fired that is not optional.
    pub(in super::super) fn verify(&self) -> Result<(), String> {
        let rules = self.rules();
        let idle = rules.iter().filter(|it| it.hits == 0 && !it.optional);
        let idle: Vec<String> = idle.map(Rule::explain).collect();
        if idle.is_empty() {
            return Ok(());
        }
        Err(format!(
            "a fault never fired, so the test did not show what it should. Correct the rule, or add `.optional()`.\n{}",
            idle.concat()
        ))
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rule {
    /// Returns a rule that fires for every request of the operation, or for every request.
    pub(super) fn new(operation: Option<Operation>) -> Self {
        Self {
            operation,
            description: operation.map_or("Any", Operation::name).to_owned(),
            checks: Vec::new(),
            skip: 0,
            every: 1,
            times: None,
            probability: None,
            random: 0,
            optional: false,
            kind: Kind::Reset,
            matched: 0,
            hits: 0,
            cleared: false,
            misses: Vec::new(),
        }
    }

    fn is_used_up(&self) -> bool {
        self.times.is_some_and(|times| self.hits >= times)
    }

    /// The error is the reason where the request was near enough to deserve one.
    fn fires(&mut self, request: &Request) -> Result<(), Option<String>> {
        if let Some(operation) = self.operation
            && request.operation() != operation
        {
            let others_fit = self.checks.iter().all(|check| check(request).is_ok());
            let near = others_fit && !self.checks.is_empty();
            return Err(near.then(|| miss(request, &format!("it is no {operation}"))));
        }
        for check in &self.checks {
            check(request).map_err(|reason| Some(miss(request, &reason)))?;
        }
        self.matched += 1;
        let Self { matched, skip, .. } = *self;
        if matched <= skip {
            return Err(Some(miss(
                request,
                &format!("the rule skips the first {skip}"),
            )));
        }
        if (matched - skip - 1) % self.every != 0 {
            let every = self.every;
            return Err(Some(miss(
                request,
                &format!("the rule takes one of {every}"),
            )));
        }
        if let Some(probability) = self.probability
            && self.next_random() >= probability
        {
            let reason = format!("its probability is {probability}");
            return Err(Some(miss(request, &reason)));
        }
        Ok(())
    }

    /// Returns the next number from 0 to 1 (SplitMix64): the same ones for the same seed, on every machine.
    #[allow(clippy::cast_precision_loss)]
    fn next_random(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn explain(&self) -> String {
        let Self { description, .. } = self;
        let mut text = format!("  {description}: {}\n", self.kind);
        if self.misses.is_empty() {
            text += "    no request came near it\n";
        }
        for miss in &self.misses {
            text += &format!("    not for {miss}\n");
        }
        text
    }
}

fn miss(request: &Request, reason: &str) -> String {
    format!("{}: {reason}", request.asked())
}
