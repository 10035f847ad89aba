//! A histogram in text: how often which results came out.

use crate::sentence::{WIDTH, grouped};

/// Bins for results that are wrong; the right one has a bin of its own.
const BINS: u64 = 7;

/// One line per bin: the range, a bar, the number of results.
pub(super) fn lines(results: &[u64], expected: u64) -> Vec<String> {
    let bins = bins(results, expected);
    let width =
        |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let label = width(&mut bins.iter().map(|bin| bin.0.chars().count()));
    let figure =
        width(&mut bins.iter().map(|bin| grouped(bin.1).chars().count()));
    let room = WIDTH.saturating_sub(label + figure + 6);
    let most = bins.iter().map(|bin| bin.1).max().unwrap_or(1).max(1);
    bins.iter()
        .map(|(text, number)| {
            let full = room as u64 * number;
            // A bin that is not empty has a bar, however small its share is.
            let bar = full.div_ceil(most) as usize;
            let bar = "█".repeat(bar);
            format!("  {text:>label$}  {bar} {}", grouped(*number))
        })
        .collect()
}

/// The label and the number of results of each bin, in ascending order.
fn bins(results: &[u64], expected: u64) -> Vec<(String, u64)> {
    let wrong = || results.iter().filter(|result| **result != expected);
    let right = (results.len() - wrong().count()) as u64;
    let mut bins = Vec::new();
    if let (Some(&least), Some(&most)) = (wrong().min(), wrong().max()) {
        let step = ((most - least) / BINS + 1).max(1);
        let mut from = least;
        while from <= most {
            let to = (from + step - 1).min(most);
            let inside = wrong()
                .filter(|result| (from..=to).contains(*result))
                .count();
            let label = match from == to {
                true => grouped(from),
                false => format!("{}–{}", grouped(from), grouped(to)),
            };
            bins.push((label, inside as u64));
            from = to + 1;
        }
    }
    bins.push((format!("{} (верно)", grouped(expected)), right));
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_is_in_one_bin() {
        let results: Vec<u64> = (0..1000).map(|n| n * 7919 % 1001).collect();
        let bins = bins(&results, 1000);
        assert!(bins.len() <= BINS as usize + 1, "{bins:?}");
        assert_eq!(bins.iter().map(|bin| bin.1).sum::<u64>(), 1000);
    }

    #[test]
    fn results_that_are_all_right_are_one_line() {
        let lines = lines(&[6; 5], 6);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].ends_with("█ 5"), "{lines:?}");
    }

    #[test]
    fn single_result_among_many_still_has_a_bar() {
        let mut results = vec![1000; 9999];
        results.push(1);
        let lines = lines(&results, 1000);
        assert!(lines[0].contains('█'), "{lines:?}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
    }
}
