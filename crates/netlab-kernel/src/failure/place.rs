//! From a line of the file that `evcxr` compiles back to a line of a cell.

mod blocks;
mod question_mark;

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use blocks::{Block, Spot};

/// How many cells are remembered with what was compiled for them; older ones
/// keep their own text only.
const COMPILED: u64 = 64;

/// The text of the cells, and what was compiled for each.
#[derive(Default)]
pub(crate) struct Sources(Mutex<HashMap<u64, Source>>);

struct Source {
    count: u32,
    code: String,
    compiled: String,
    /// What the code consists of, once somebody has asked for it.
    blocks: OnceLock<Vec<Block>>,
}

/// A line of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    count: u32,
    pub(crate) line: usize,
    pub(crate) text: String,
    /// What stands in the cell before the compiled line.
    shift: isize,
    /// Of the cell.
    number: u64,
}

impl Place {
    /// `In[3]:2`, the way tracebacks name a place.
    pub(crate) fn name(&self) -> String {
        format!("In[{}]:{}", self.count, self.line)
    }

    /// `In[3]:2:7`, for a column of the compiled line.
    pub(crate) fn with_column(&self, column: u32) -> String {
        format!("{}:{}", self.name(), self.column(column))
    }

    /// The column of the cell behind one of the compiled line.
    fn column(&self, column: u32) -> usize {
        let column = usize::try_from(column).unwrap_or(1);
        column.saturating_add_signed(self.shift)
    }
}

impl Sources {
    /// Remembers a cell; what was compiled for it may come later.
    pub(crate) fn insert(
        &self,
        cell: u64,
        count: u32,
        code: &str,
        compiled: &str,
    ) {
        let mut sources = self.0.lock().unwrap();
        sources.insert(
            cell,
            Source {
                count,
                code: code.to_owned(),
                compiled: compiled.to_owned(),
                blocks: OnceLock::new(),
            },
        );
        if let Some(old) = cell.checked_sub(COMPILED)
            && let Some(old) = sources.get_mut(&old)
        {
            old.compiled = String::new();
        }
    }

    /// Sets what was compiled for a cell.
    pub(crate) fn compiled(&self, cell: u64, compiled: String) {
        if let Some(source) = self.0.lock().unwrap().get_mut(&cell) {
            source.compiled = compiled;
        }
    }

    /// The line of a cell behind a line of the file compiled for `cell`, which
    /// holds the functions of earlier cells too.
    pub(crate) fn place(
        &self,
        cell: u64,
        file: &str,
        line: u32,
    ) -> Option<Place> {
        if !file.ends_with("src/lib.rs") {
            return None;
        }
        let sources = self.0.lock().unwrap();
        let compiled = &sources.get(&cell)?.compiled;
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        let wanted = compiled.lines().nth(at)?.trim();
        if wanted.is_empty() {
            return None;
        }
        let own = sources.get(&cell)?;
        let lines: Vec<&str> = compiled.lines().collect();
        let blocks = own.blocks();
        let spot = blocks::in_statements(blocks, &lines, at).or_else(|| {
            // Around the last expression `evcxr` puts brackets, and to the
            // compiler it begins with them.
            let inner = (wanted == "(").then_some(at + 1)?;
            blocks::in_statements(blocks, &lines, inner)
        });
        if let Some(spot) = spot {
            return own.at(cell, &spot);
        }
        let mut cells: Vec<_> = sources
            .iter()
            .filter(|(number, _)| **number <= cell)
            .collect();
        cells.sort_by_key(|(number, _)| std::cmp::Reverse(**number));
        let in_item = cells.iter().find_map(|(number, source)| {
            let blocks = source.blocks();
            source.at(**number, &blocks::in_items(blocks, &lines, at)?)
        });
        if in_item.is_some() {
            return in_item;
        }
        // Equal lines keep their order, and the cell itself comes last.
        let after = compiled.lines().skip(at + 1);
        let behind = after.filter(|line| line.trim() == wanted).count();
        cells
            .into_iter()
            .find_map(|(number, source)| source.line(*number, wanted, behind))
    }

    /// The `?` that the compiler means by this place of the file compiled for
    /// `cell`, each with its column; several if it names them alike.
    pub(crate) fn question_marks(
        &self,
        cell: u64,
        file: &str,
        (line, column): (u32, u32),
    ) -> Vec<(Place, usize)> {
        let Some(begin) = self.place(cell, file, line) else {
            return Vec::new();
        };
        let column = begin.column(column);
        let sources = self.0.lock().unwrap();
        let Some(source) = sources.get(&begin.number) else {
            return Vec::new();
        };
        let marks = question_mark::behind(&source.code, begin.line, column);
        let mut places: Vec<_> = marks
            .into_iter()
            .filter_map(|(line, column)| {
                let spot = Spot {
                    line: line - 1,
                    shift: 0,
                };
                Some((source.at(begin.number, &spot)?, column))
            })
            .collect();
        if places.is_empty() {
            // In a macro nobody knows what is an expression.
            places.push((begin, column));
        }
        places
    }

    /// What a cell is called as a whole: `In[3]`.
    pub(crate) fn name(&self, cell: u64) -> Option<String> {
        let sources = self.0.lock().unwrap();
        Some(format!("In[{}]", sources.get(&cell)?.count))
    }

    /// The statement of a cell that has no other.
    pub(crate) fn only_statement(&self, cell: u64) -> Option<Place> {
        let sources = self.0.lock().unwrap();
        let source = sources.get(&cell)?;
        source.at(cell, &blocks::only_statement(source.blocks())?)
    }

    /// Where the function of this name begins, as the cell with this number
    /// sees it.
    pub(crate) fn function(&self, cell: u64, name: &str) -> Option<Place> {
        self.in_function(cell, name, |function| Some(function.begins()))
    }

    /// Where the function of this name is that an error can come out of, as
    /// the cell with this number sees it.
    pub(crate) fn failing_function(
        &self,
        cell: u64,
        name: &str,
    ) -> Option<Place> {
        self.in_function(cell, name, Block::fails_at)
    }

    fn in_function(
        &self,
        cell: u64,
        name: &str,
        spot: impl Fn(&Block) -> Option<Spot>,
    ) -> Option<Place> {
        let sources = self.0.lock().unwrap();
        let mut cells: Vec<_> = sources
            .iter()
            .filter(|(number, _)| **number <= cell)
            .collect();
        cells.sort_by_key(|(number, _)| std::cmp::Reverse(**number));
        cells.into_iter().find_map(|(number, source)| {
            let mut functions = source.blocks().iter().rev();
            let function = functions
                .find(|block| block.function.as_deref() == Some(name))?;
            // The newest one is meant, and it alone.
            Some(source.at(*number, &spot(function)?))
        })?
    }
}

impl Source {
    fn blocks(&self) -> &[Block] {
        self.blocks.get_or_init(|| blocks::of(&self.code))
    }

    fn at(&self, number: u64, spot: &Spot) -> Option<Place> {
        Some(Place {
            number,
            count: self.count,
            line: spot.line + 1,
            text: self.code.lines().nth(spot.line)?.to_owned(),
            shift: spot.shift,
        })
    }

    /// The line that reads like this, with so many equal ones behind it.
    fn line(&self, number: u64, wanted: &str, behind: usize) -> Option<Place> {
        let equal: Vec<(usize, &str)> = self
            .code
            .lines()
            .enumerate()
            .filter(|(_, text)| text.trim() == wanted)
            .collect();
        let last = equal.len().checked_sub(1)?;
        let (index, text) = equal[last.saturating_sub(behind)];
        Some(Place {
            number,
            count: self.count,
            line: index + 1,
            text: text.to_owned(),
            shift: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_of_an_earlier_cell_is_found_there() {
        let sources = Sources::default();
        sources.insert(1, 1, "fn f() {\n    panic!()\n}", "");
        sources.insert(
            2,
            2,
            "f();",
            "fn f() {\n    panic!()\n}\nfn run() {\nf();\n}",
        );
        let place = |line| sources.place(2, "src/lib.rs", line).unwrap().name();
        assert_eq!(place(2), "In[1]:2");
        assert_eq!(place(5), "In[2]:1");
    }

    #[test]
    fn equal_lines_keep_their_order() {
        let sources = Sources::default();
        sources.insert(1, 4, "g();\ng();", "fn run() {\ng();\ng();\n}");
        let place = |line| sources.place(1, "src/lib.rs", line).unwrap().name();
        assert_eq!(place(2), "In[4]:1");
        assert_eq!(place(3), "In[4]:2");
    }
}
