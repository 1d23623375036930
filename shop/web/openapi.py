"""The description of the JSON doors (OpenAPI 3.1), assembled from the pydantic models each door already has.

Nothing is validated here: doors validate with the same models and answer in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeVar

from flask import Flask
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from shop.web.guard import Guard

View = TypeVar("View", bound=Callable[..., Any])
_ARGUMENT: Final = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_SCHEMAS: Final = "#/components/schemas/"


class FieldProblem(BaseModel):
    """One wrong field and what to do about it, in the language of Accept-Language."""

    field: str
    message: str


class Problem(BaseModel):
    """An error after RFC 9457. `type` ends in a stable word such as `stale`, `wrong-state`, `pagu-exceeded`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)
    facts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a JSON door takes and answers: models by place and status, and statuses of problems it may answer."""

    answers: Mapping[int, type[BaseModel]]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    problems: tuple[int, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""
    """When it answers 204, if it ever does."""


def described(description: Description) -> Callable[[View], View]:
    """Mark a view with its description; a test holds that every JSON door has one."""

    def mark(view: View) -> View:
        view.__described__ = description  # type: ignore[attr-defined]
        return view

    return mark


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of every described door."""
    views: Mapping[str, Any] = app.view_functions
    doors = [
        (rule, views[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if hasattr(views[rule.endpoint], "__described__")
    ]
    models: dict[type[BaseModel], str] = {Problem: "serialization"}
    for _, view in doors:
        told: Description = view.__described__
        models |= dict.fromkeys(told.answers.values(), "serialization")
        models |= dict.fromkeys(filter(None, (told.query, told.body)), "validation")
    _, definitions = models_json_schema(list(models.items()), ref_template=_SCHEMAS + "{model}")  # type: ignore[arg-type]
    schemas = definitions["$defs"]
    paths: dict[str, dict[str, Any]] = {}
    for rule, view in sorted(doors, key=lambda door: door[0].rule):
        path = _ARGUMENT.sub(r"{\2}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule.rule, rule.endpoint, view, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "e-Order Jakpreneur",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Rupiah as integers, shares in basis points, times in ISO 8601 with offset.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if not name.endswith("Query")},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(rule: str, endpoint: str, view: Callable[..., Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    told: Description = view.__described__  # type: ignore[attr-defined]
    guard: Guard = view.__guard__  # type: ignore[attr-defined]
    lines = (view.__doc__ or "").strip().splitlines()
    operation: dict[str, Any] = {
        "operationId": endpoint.replace(".", "_"),
        "summary": lines[0] if lines else endpoint,
        "parameters": [*_path_parameters(rule), *_query_parameters(told.query, schemas), *_header_parameters(told)],
        "responses": {str(status): _answer(model) for status, model in told.answers.items()},
    }
    problems = (
        set(told.problems)
        | ({401, 403} if guard.kind != "public" else set())
        | ({400, 413, 415} if told.body else set())
    )
    for status in sorted(problems | ({422} if told.query or told.body else set())):
        operation["responses"][str(status)] = _answer(Problem, status, "application/problem+json")
    if told.empty:
        operation["responses"]["204"] = {"description": told.empty}
    if more := "\n".join(line.strip() for line in lines[1:]).strip():
        operation["description"] = more
    if told.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(told.body)}}}
    operation["security"] = [] if guard.kind == "public" else [{"token": []}]
    return operation


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _SCHEMAS + model.__name__}


def _answer(model: type[BaseModel], status: int = 200, media: str = "application/json") -> dict[str, Any]:
    about = (model.__doc__ or "").strip().splitlines()
    text = HTTPStatus(status).phrase if model is Problem else about[0] if about else model.__name__
    return {"description": text, "content": {media: {"schema": _ref(model)}}}


def _path_parameters(rule: str) -> list[dict[str, Any]]:
    found = []
    for converter, name in _ARGUMENT.findall(rule):
        # No name of ours is longer; a longer one is simply not found.
        text: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 100}
        schema = {"type": "integer", "minimum": 0} if converter == "int" else text
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _query_parameters(model: type[BaseModel] | None, schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = schemas[model.__name__]
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": part,
            "description": part.get("description", ""),
            "style": "form",
            "explode": True,
        }
        for name, part in schema.get("properties", {}).items()
    ]


def _header_parameters(told: Description) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "header",
            "required": True,
            "schema": {"type": "string", "minLength": 8, "maxLength": 200},
            "description": text,
        }
        for name, text in told.headers.items()
    ]
