//! The start page comes from the lessons.
//!
//! JupyterLab shows the page as rendered Markdown: it keeps classes, which
//! `.jupyter/custom/custom.css` dresses, and drops styles and scripts. A link
//! with a relative path opens in the lab; one that begins with `/` is an
//! ordinary link of the browser.

use anyhow::Result;

use super::budgets::lesson_minutes;
use super::notebook::Notebook;
use super::sections::sections;
use super::{Checked, Findings, generated};
use crate::lessons::Lesson;
use crate::project::Project;

/// Where the start page lies.
pub(crate) const START_PAGE: &str = ".jupyter/start.md";

const HEAD: &str = include_str!("start_page/head.md");
const TIPS: &str = include_str!("start_page/tips.md");

/// What the start page says about a lesson.
fn card(lesson: &Lesson, notebooks: &[Notebook]) -> String {
    let lecture = &notebooks[0];
    let plan: Vec<_> = sections(lecture)
        .iter()
        .filter(|section| !section.is_opening() && !section.is_closing())
        .map(|section| escape(section.title))
        .collect();
    let ways: String = ways(lesson).into_iter().map(Way::html).collect();
    // A heading in Markdown, not in HTML, or the table of contents would not
    // have it.
    format!(
        "<div class=\"netlab-lesson\">\n\n\
         ## <span class=\"netlab-number\">{number}</span> {title}\n\n\
         <p class=\"netlab-plan\">{minutes} мин. {plan}.</p>\n\
         <p class=\"netlab-ways\">\n{ways}</p>\n\
         </div>\n",
        number = lesson.number(),
        title = escape(lecture.title()),
        minutes = lesson_minutes(notebooks).russian(),
        plan = plan.join(" · "),
    )
}

/// A button of a card.
struct Way {
    text: &'static str,
    /// What the link has besides its text: the address and what goes with it.
    link: String,
}

impl Way {
    /// A notebook, which opens in the lab.
    fn notebook(text: &'static str, file: &str) -> Self {
        let link = format!("href=\"notebooks/{file}\"");
        Self { text, link }
    }

    /// A pair of notebooks, in this tab of the browser: the same notebook open
    /// twice is saved twice.
    fn pair(text: &'static str, stem: &str) -> Self {
        let link = format!("href=\"/lab/workspaces/{stem}\" target=\"_self\"");
        Self { text, link }
    }

    /// A deck, in a tab of its own.
    fn deck(text: &'static str, file: &str) -> Self {
        let link = format!("href=\"/rise/notebooks/{file}\" target=\"_blank\"");
        Self { text, link }
    }

    fn html(self) -> String {
        format!("<a {}>{}</a>\n", self.link, self.text)
    }
}

/// The ways into a lesson, the one that most people want first.
fn ways(lesson: &Lesson) -> Vec<Way> {
    let server = &lesson.server_file();
    match &lesson.client_file() {
        None => vec![
            Way::notebook("Открыть занятие", server),
            Way::deck("Слайды", server),
        ],
        Some(client) => vec![
            Way::pair("Сервер и клиент рядом", &lesson.stem),
            Way::notebook("Сервер", server),
            Way::notebook("Клиент", client),
            Way::deck("Слайды сервера", server),
            Way::deck("Слайды клиента", client),
        ],
    }
}

/// Checks the start page, or writes it.
pub(super) fn check(
    project: &Project,
    course: &[Checked],
    fix: bool,
    findings: &mut Findings,
) -> Result<()> {
    let cards: Vec<_> = course
        .iter()
        .map(|(lesson, notebooks)| card(lesson, notebooks))
        .collect();
    let page = format!("{HEAD}\n{}\n{TIPS}", cards.join("\n"));
    generated(project, START_PAGE, &page, fix, findings)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::{self, markdown, with};
    use super::*;

    fn lecture() -> Notebook {
        let slide = |source: &str| {
            with(markdown("slide", source), "minutes", json!(2.25))
        };
        let cells = [
            slide("# Сокеты & co"),
            slide("## План занятия"),
            slide("## Пишем <сервер>"),
            slide("## После занятия"),
            markdown("skip", "## Упражнения"),
        ];
        sample::notebook("01-sockets.ipynb", &cells)
    }

    fn lesson(has_client: bool) -> Lesson {
        Lesson {
            stem: "01-sockets".to_owned(),
            has_client,
        }
    }

    #[test]
    fn card_names_the_lesson_and_its_sections() {
        let card = card(&lesson(false), &[lecture()]);
        assert!(card.contains(">01</span> Сокеты &amp; co\n"), "{card}");
        assert!(card.contains("Пишем &lt;сервер&gt;.</p>"), "{card}");
        assert!(
            card.contains("<p class=\"netlab-plan\">9 мин. Пишем"),
            "{card}"
        );
    }

    #[test]
    fn minutes_of_a_pair_are_those_of_both_notebooks() {
        let card = card(&lesson(true), &[lecture(), lecture()]);
        assert!(card.contains(">18 мин."), "{card}");
    }

    #[test]
    fn single_notebook_is_opened_or_shown() {
        let texts: Vec<_> =
            ways(&lesson(false)).iter().map(|way| way.text).collect();
        assert_eq!(texts, ["Открыть занятие", "Слайды"]);
    }

    #[test]
    fn pair_comes_first_and_each_of_its_notebooks_has_its_ways() {
        let card = card(&lesson(true), &[lecture()]);
        let links: Vec<_> = card
            .lines()
            .filter_map(|line| line.strip_prefix("<a href=\"")?.split_once('"'))
            .map(|(address, _)| address)
            .collect();
        assert_eq!(
            links,
            [
                "/lab/workspaces/01-sockets",
                "notebooks/01-sockets.ipynb",
                "notebooks/01-sockets-client.ipynb",
                "/rise/notebooks/01-sockets.ipynb",
                "/rise/notebooks/01-sockets-client.ipynb",
            ]
        );
    }
}
