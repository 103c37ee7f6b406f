//! The lines of a report: aligned, and no more than a person reads.

/// A row of the report with more rows below it.
#[derive(Debug, Default, Clone)]
pub(super) struct Block {
    pub(super) label: &'static str,
    pub(super) head: String,
    pub(super) rows: Vec<String>,
    /// The number of things that the rows are the first or the last of.
    pub(super) total: usize,
    /// The rows are the last ones, not the first.
    pub(super) ends_with_the_last: bool,
}

impl Block {
    /// One row alone.
    pub(super) fn line(label: &'static str, head: String) -> Self {
        Self {
            label,
            head,
            ..Self::default()
        }
    }

    /// The number of lines below the head that show all there is to show.
    fn wanted(&self) -> usize {
        self.rows.len() + usize::from(self.total > self.rows.len())
    }

    /// The lines below the head, if there is room for `room` of them.
    fn below(&self, room: usize) -> Vec<String> {
        let shown = match self.wanted() {
            wanted if wanted <= room && self.total == self.rows.len() => self.rows.len(),
            _ => self.rows.len().min(room.saturating_sub(1)),
        };
        let left_out = self.total.saturating_sub(shown);
        let rest = (left_out > 0 && room > 0).then_some(left_out);
        let mut lines = Vec::new();
        if self.ends_with_the_last {
            lines.extend(rest.map(|rest| format!("… {rest} before them")));
            lines.extend_from_slice(&self.rows[self.rows.len() - shown..]);
        } else {
            lines.extend_from_slice(&self.rows[..shown]);
            lines.extend(rest.map(|rest| format!("… and {rest} more")));
        }
        lines
    }
}

/// Writes the title and the blocks in at most `limit` lines. Blocks with many rows share the room that there is.
pub(super) fn lay_out(title: &str, blocks: &[Block], limit: usize) -> String {
    let room = limit.saturating_sub(1);
    let (shown, left_out) = match blocks.len() <= room {
        true => (blocks, 0),
        false => {
            let (shown, rest) = blocks.split_at(room.saturating_sub(1));
            (shown, rest.len())
        }
    };
    let mut text = format!("{title}\n");
    let room_below = room - shown.len() - usize::from(left_out > 0);
    for (block, rows) in shown.iter().zip(shares(shown, room_below)) {
        text.push_str(&format!("  {:<9} {}\n", block.label, block.head));
        for row in block.below(rows) {
            text.push_str(format!("            {row}").trim_end());
            text.push('\n');
        }
    }
    if left_out > 0 {
        text.push_str(&format!("  … and {left_out} more lines\n"));
    }
    text
}

/// Deals lines out to the blocks, one by one, so that none takes room from one that needs less.
fn shares(blocks: &[Block], mut room: usize) -> Vec<usize> {
    let mut shares = vec![0; blocks.len()];
    loop {
        let mut dealt = false;
        for (share, block) in shares.iter_mut().zip(blocks) {
            if room > 0 && *share < block.wanted() {
                *share += 1;
                room -= 1;
                dealt = true;
            }
        }
        if !dealt {
            return shares;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(label: &'static str, rows: usize, total: usize) -> Block {
        Block {
            rows: (1..=rows).map(|row| format!("{label}{row}")).collect(),
            total,
            ..Block::line(label, format!("{total} in all"))
        }
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let blocks = [block("a", 2, 2), Block::line("b", "head".to_owned())];
        let expected =
            "t\n  a         2 in all\n            a1\n            a2\n  b         head\n";
        assert_eq!(lay_out("t", &blocks, 5), expected);
        assert_eq!(lay_out("t", &blocks, 60), expected);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(block("a", 3, 3).below(2), ["a1", "… and 2 more"]);
        assert_eq!(
            block("a", 3, 9).below(4),
            ["a1", "a2", "a3", "… and 6 more"]
        );
        assert_eq!(
            block("a", 3, 9).below(9),
            ["a1", "a2", "a3", "… and 6 more"]
        );
        assert_eq!(block("a", 3, 3).below(0), Vec::<String>::new());
        let last = Block {
            ends_with_the_last: true,
            ..block("a", 3, 9)
        };
        assert_eq!(last.below(3), ["… 7 before them", "a2", "a3"]);
    }

    #[test]
    fn no_report_is_longer_than_its_limit() {
        for blocks in 0..12 {
            for rows in 0..12 {
                for limit in 2..30 {
                    let blocks: Vec<Block> = (0..blocks)
                        .map(|index| block("a", rows, rows + index % 3))
                        .collect();
                    let lines = lay_out("t", &blocks, limit).lines().count();
                    assert!(lines <= limit, "{lines} lines, {limit}");
                }
            }
        }
    }

    #[test]
    fn a_long_block_leaves_room_for_short_ones() {
        let blocks = [block("a", 20, 1000), block("b", 3, 3), block("c", 20, 20)];
        assert_eq!(shares(&blocks, 56), [21, 3, 20]);
        assert_eq!(shares(&blocks, 23), [10, 3, 10]);
    }
}
