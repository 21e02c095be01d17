"""What commands print with `--json`. `docs/json.md` documents every key.

Each object begins with `version`; a change that could break a reader raises it. Keys may
be added without that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.context import Context, Evidence
    from kb.desk.suggestion import SuggestedProblem, Suggestion
    from kb.errors import KbError
    from kb.index.updater import Changes
    from kb.model import (
        Action,
        Answer,
        Article,
        ArticleMeta,
        Escalation,
        Hit,
        Part,
        Problem,
        Section,
        Topic,
        Twin,
    )

VERSION = 1

Object = dict[str, Any]


def answer_as_json(answer: Answer) -> Object:
    """What `kb search` found."""
    correction = answer.correction
    return {
        "version": VERSION,
        "query": answer.query,
        "corrected": correction.text if correction else None,
        "corrections": [list(pair) for pair in correction.words] if correction else [],
        "did_you_mean": answer.suggestion.text if answer.suggestion else None,
        "found": str(answer.found),
        "total": answer.total,
        "confidence": answer.confidence,
        "hits": [_hit(hit) for hit in answer.hits],
        "topics": [_topic_name(topic) for topic in answer.topics],
        "synonyms": [{"word": word, "also": list(also)} for word, also in answer.synonyms],
        "notices": list(answer.notices),
        **({"language": answer.language} if answer.language else {}),
        "escalation": _escalation(answer.escalation),
    }


def _hit(hit: Hit) -> Object:
    return {
        "rank": hit.rank,
        "group": hit.group,
        "article": hit.article,
        "anchor": hit.anchor,
        "title": hit.title,
        "headings": list(hit.headings),
        "tier": str(hit.tier),
        "topic": hit.topic,
        "score": hit.score,
        "match": str(hit.match),
        "weak": hit.weak,
        "snippet": hit.snippet,
        "highlights": [list(span) for span in hit.highlights],
        "actions": _actions(hit.actions),
        "path": hit.path,
        "lines": list(hit.lines),
        **({"also": [_twin(twin) for twin in hit.also]} if hit.also else {}),
        **({"apart": hit.apart} if hit.apart else {}),
        **({"parts": [_part(part) for part in hit.parts]} if hit.parts else {}),
    }


def _twin(twin: Twin) -> Object:
    return {"article": twin.article, "anchor": twin.anchor, "label": twin.label}


def _part(part: Part) -> Object:
    return {"kind": part.kind, "term": part.term, "score": part.score}


def _actions(actions: Iterable[Action]) -> list[Object]:
    return [{"label": a.label, "where": a.where, "url": a.url} for a in actions]


def _escalation(escalation: Escalation) -> Object:
    return {
        "channels": [
            {
                "channel": option.channel.name,
                "why": option.why,
                "where": option.channel.where,
                "wait": option.channel.wait,
                "hours": option.channel.hours,
                "link": option.channel.url,
                "phone": option.channel.phone,
                "email": option.channel.email,
                "article": option.channel.article,
            }
            for option in escalation.options
        ],
        "have_ready": list(escalation.have_ready),
        "message": escalation.message,
        "note": escalation.note,
    }


def contact_as_json(words: str, escalation: Escalation) -> Object:
    """What `kb contact` says."""
    return {"version": VERSION, "query": words, "escalation": _escalation(escalation)}


def context_as_json(context: Context) -> Object:
    """What `kb context` found."""
    return {
        "version": VERSION,
        "question": context.question,
        "budget": context.budget,
        "tokens": context.tokens,
        "covered": context.covered,
        "confidence": context.confidence,
        "sections": [evidence_as_json(each) for each in context.sections],
        "missing": list(context.missing),
        "note": context.note,
        "notices": list(context.notices),
        **({"language": context.language} if context.language else {}),
        "escalation": _escalation(context.escalation),
    }


def evidence_as_json(each: Evidence) -> Object:
    """A section to cite."""
    return {
        "article": each.article,
        "anchor": each.anchor,
        "title": each.title,
        "trail": list(each.trail),
        "path": each.path,
        "lines": list(each.lines),
        "reviewed": each.reviewed.isoformat() if each.reviewed else None,
        "digest": each.digest,
        "text": each.text,
        "whole": each.is_whole,
        "paragraphs": [each.paragraphs, each.of],
        "score": each.score,
        **({"also": [_twin(twin) for twin in each.also]} if each.also else {}),
    }


def suggestion_as_json(suggestion: Suggestion) -> Object:
    """What `kb suggest` makes of a message."""
    return {
        "version": VERSION,
        "problems": [_suggested_problem(problem) for problem in suggestion.problems],
        "missing": list(suggestion.missing),
        "wants_person": suggestion.wants_person,
        "urgent": suggestion.urgent,
        "reply": suggestion.reply,
        "language": suggestion.language,
        "personal": list(suggestion.personal),
        "notices": list(suggestion.notices),
        "escalation": _escalation(suggestion.escalation),
    }


def _suggested_problem(problem: SuggestedProblem) -> Object:
    return {
        "about": problem.about,
        "confidence": problem.confidence,
        "sure": problem.sure,
        "sections": [
            {
                "article": section.hit.article,
                "anchor": section.hit.anchor,
                "title": section.hit.title,
                "heading": section.heading,
                "tier": str(section.hit.tier),
                "score": section.hit.score,
                "match": str(section.hit.match),
                "words": list(section.words),
                "snippet": section.hit.snippet,
                "highlights": [list(span) for span in section.hit.highlights],
                "link": section.link,
                "steps": list(section.steps),
                "more": section.more,
                "path": section.hit.path,
                "lines": list(section.hit.lines),
            }
            for section in problem.sections
        ],
    }


def article_as_json(
    article: Article,
    sections: Iterable[Section],
    escalation: Escalation,
    language: str = "",
    translations: Iterable[tuple[str, ArticleMeta]] = (),
) -> Object:
    """What `kb show` shows: an article, with all its sections or the one asked for; where there are
    several languages its own and its `translations`, by tag.
    """
    others = [{"language": tag, "article": a.id, "title": a.title} for tag, a in translations]
    return {
        "version": VERSION,
        "article": article.id,
        "path": article.path,
        "title": article.title,
        "summary": article.summary,
        "topic": article.topic,
        "tier": str(article.tier),
        "audience": str(article.audience),
        "status": str(article.status),
        "issues": list(article.issues),
        "actions": _actions(article.actions),
        "have_ready": list(article.have_ready),
        "tags": list(article.tags),
        "related": list(article.related),
        "aliases": list(article.aliases),
        "reviewed": article.reviewed.isoformat() if article.reviewed else None,
        "review_every": article.review_every,
        "extra": dict(article.extra),
        **({"language": language, "translations": others} if language else {}),
        "sections": [_section(section) for section in sections],
        "escalation": _escalation(escalation),
    }


def _section(section: Section) -> Object:
    return {
        "anchor": section.anchor,
        "heading": section.heading,
        "level": section.level,
        "trail": list(section.trail),
        "text": section.text,
        "lines": list(section.lines),
    }


def topics_as_json(topics: Iterable[Topic], titles: dict[str, str]) -> Object:
    """What `kb topics` lists: every topic with the articles that stand in it, in order."""
    return {
        "version": VERSION,
        "topics": [
            {
                **_topic_name(topic),
                "summary": topic.summary,
                "parent": topic.parent,
                "topics": list(topic.topics),
                "articles": [{"article": id_, "title": titles[id_]} for id_ in topic.articles],
            }
            for topic in topics
        ],
    }


def _topic_name(topic: Topic) -> Object:
    return {"topic": topic.id, "title": topic.title}


def changes_as_json(changes: Changes) -> Object:
    """What `kb index` did."""
    return {
        "version": VERSION,
        "articles": changes.articles,
        "sections": changes.sections,
        "added": list(changes.added),
        "updated": list(changes.updated),
        "moved": list(changes.moved),
        "removed": list(changes.removed),
        "rebuilt": changes.rebuilt,
        "reason": changes.reason,
        "seconds": round(changes.seconds, 3),
        "problems": [problem_as_json(problem) for problem in changes.problems],
    }


def problem_as_json(problem: Problem) -> Object:
    """What is wrong with a file."""
    return {
        "path": problem.path,
        "line": problem.line,
        "message": problem.message,
        "severity": str(problem.severity),
        "code": problem.code,
    }


def error_as_json(error: KbError) -> Object:
    """What any command prints when it fails with `--json`."""
    return {
        "version": VERSION,
        "error": {
            "code": error.code,
            "message": error.message,
            "path": error.path,
            "line": error.line,
            "hint": error.hint,
        },
    }
