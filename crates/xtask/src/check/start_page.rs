//! The start page comes from the lessons.
//!
//! JupyterLab shows the page as rendered Markdown: it keeps classes, which
//! `.jupyter/custom/custom.css` dresses, and drops styles and scripts. A link
//! with a relative path opens in the lab; one that begins with `/` is an
//! ordinary link of the browser.

use anyhow::Result;

use super::headings::headings;
use super::notebook::{Kind, Notebook};
use super::{Findings, generated};
use crate::lessons::Lesson;
use crate::project::Project;

/// Where the start page lies.
pub(crate) const START_PAGE: &str = ".jupyter/start.md";

/// Sections that every lesson has and that say nothing about it.
const EVERYWHERE: [&str; 3] = ["План", "Подготовка", "Итоги"];

const HEAD: &str = include_str!("start_page/head.md");
const TIPS: &str = include_str!("start_page/tips.md");

/// What the start page says about a lesson.
pub(super) fn card(lesson: &Lesson, notebooks: &[Notebook]) -> String {
    let lecture = &notebooks[0];
    let plan: Vec<_> = sections(lecture)
        .into_iter()
        .filter(|title| !EVERYWHERE.iter().any(|word| title.starts_with(word)))
        .map(escape)
        .collect();
    let mut ways = format!(
        "<a class=\"netlab-first\" href=\"notebooks/{}\">Открыть занятие</a>\n",
        lecture.file
    );
    if lesson.has_client {
        // In this tab: the same notebook open twice is saved twice.
        ways += &format!(
            "<a href=\"/lab/workspaces/{}\" target=\"_self\">\
             Сервер и клиент рядом</a>\n",
            lesson.stem
        );
    }
    ways += &format!(
        "<a href=\"/rise/notebooks/{}\" target=\"_blank\">Слайды</a>\n",
        lecture.file
    );
    // A heading in Markdown, not in HTML, or the table of contents would not
    // have it.
    format!(
        "<div class=\"netlab-lesson\">\n\n\
         ## <span class=\"netlab-number\">{number}</span> {title}\n\n\
         <p class=\"netlab-plan\">{minutes} мин. {plan}.</p>\n\
         <p class=\"netlab-ways\">\n{ways}</p>\n\
         </div>\n",
        number = Lesson::number_in(&lesson.stem),
        title = escape(lecture.title()),
        minutes = lecture.minutes(),
        plan = plan.join(" · "),
    )
}

/// Checks the start page with these cards, or writes it.
pub(super) fn check(
    project: &Project,
    cards: &[String],
    fix: bool,
    findings: &mut Findings,
) -> Result<()> {
    let page = format!("{HEAD}\n{}\n{TIPS}", cards.join("\n"));
    generated(project, START_PAGE, &page, fix, findings)
}

fn sections(notebook: &Notebook) -> Vec<&str> {
    notebook
        .cells
        .iter()
        .filter(|cell| cell.kind == Kind::Markdown)
        .flat_map(|cell| headings(&cell.source))
        .filter(|(level, _)| *level == 2)
        .map(|(_, text)| text)
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lecture() -> Notebook {
        let text = json!({
            "nbformat": 4,
            "metadata": {"netlab": {"minutes": 90}},
            "cells": [{
                "cell_type": "markdown", "id": "a", "metadata": {},
                "source": "# Сокеты & co\n## План занятия\n## Пишем <сервер>\n",
            }],
        });
        Notebook::parse("01-sockets.ipynb", &text.to_string()).unwrap()
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
        assert!(card.contains("90 мин. Пишем &lt;сервер&gt;."), "{card}");
    }

    #[test]
    fn pair_is_offered_only_where_there_is_one() {
        for has_client in [false, true] {
            let card = card(&lesson(has_client), &[lecture()]);
            let offered = card.contains("/lab/workspaces/01-sockets");
            assert_eq!(offered, has_client);
        }
    }
}
