//! The end of endless output.

/// How much of one stream of one cell is shown.
const LIMIT: usize = 16 * 1024 * 1024;

/// Counts what one stream of one cell has printed.
#[derive(Default)]
pub(super) struct Limit {
    shown: usize,
    left_out: usize,
}

impl Limit {
    /// What of these bytes is shown, and what to say when that is not all
    /// for the first time.
    pub(super) fn pass<'a>(
        &mut self,
        bytes: &'a [u8],
    ) -> (&'a [u8], Option<String>) {
        let fits = bytes.len().min(LIMIT - self.shown);
        let first = self.left_out == 0 && fits < bytes.len();
        self.shown += fits;
        self.left_out += bytes.len() - fits;
        let notice = first.then(|| {
            format!(
                "\n✂ Показаны первые {} МиБ вывода этой ячейки; она \
                 выполняется дальше, остальное только считается. Остановить \
                 её: ■.\n",
                LIMIT / 1024 / 1024
            )
        });
        (&bytes[..fits], notice)
    }

    /// How much was left out since this was asked last, in words.
    pub(super) fn left_out(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.left_out);
        // Endless output of a thread that outlives its cell stays cut.
        (bytes > 0).then(|| {
            format!("✂ Не показано: {:.1} МиБ.\n", bytes as f64 / 1048576.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_output_is_cut_once_and_counted() {
        let mut limit = Limit::default();
        let chunk = vec![b'x'; LIMIT / 2 + 1];
        assert_eq!(limit.pass(&chunk), (&chunk[..], None));
        let (shown, notice) = limit.pass(&chunk);
        assert_eq!(shown.len(), LIMIT - chunk.len());
        assert!(notice.is_some());
        assert_eq!(limit.pass(&chunk), (&[][..], None));
        assert!(limit.left_out().unwrap().contains("8.0 МиБ"));
        assert_eq!(limit.left_out(), None);
    }
}
