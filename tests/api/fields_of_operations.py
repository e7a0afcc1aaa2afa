"""The fields of operations as the OpenAPI document names them, and requests with one field exchanged."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_MARK = "@@exchanged@@"
_NIL = "00000000-0000-0000-0000-000000000000"

Schema = Mapping[str, Any]
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Field:
    """One field: where it is (`path`, `query`, `header`, `body`, `form`, `file`), and the way to it."""

    place: str
    steps: Steps
    free_text: bool = True

    def __str__(self) -> str:
        return f"{self.place} {'.'.join(map(str, self.steps))}"


class Fields:
    """Reads one OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def of(self, operation: str) -> list[Field]:
        """Every field of an operation; lists have one element, members of free objects are not known."""
        described = self.described(operation)
        found = [
            Field(p["in"], (p["name"],), p["in"] != "header" and self._is_free(p["schema"]))
            for p in described.get("parameters", [])
        ]
        for media_type, content in described.get("requestBody", {}).get("content", {}).items():
            form = media_type == "multipart/form-data"
            for steps, schema in self._leaves(content["schema"], ()):
                upload = form and (schema.get("format") == "binary" or "contentMediaType" in schema)
                place = "file" if upload else "form" if form else "body"
                found.append(Field(place, steps, self._is_free(schema)))
        return found

    def body_schema(self, operation: str) -> Schema | None:
        """What an operation takes as JSON, None where it takes none."""
        content = self.described(operation).get("requestBody", {}).get("content", {})
        found: Schema | None = content.get("application/json", {}).get("schema")
        return found

    def exchanged(self, operation: str, body: Any, field: Field, token: str) -> bytes:
        """The body as JSON with a token, itself JSON or not, at the field; what leads there is made where it lacks."""
        marked = self._put(self.body_schema(operation) or {}, body, field.steps)
        return json.dumps(marked).replace(f'"{_MARK}"', token).encode("utf-8", "surrogatepass")

    def described(self, operation: str) -> dict[str, Any]:
        """An operation as the document has it."""
        method, path = operation.split(" ", 1)
        found: dict[str, Any] = self.document["paths"][path][method.lower()]
        return found

    def _is_free(self, schema: Schema) -> bool:
        known = self._resolved(schema)
        return known.get("type") == "string" and not {"format", "enum", "const", "pattern"} & set(known)

    def _leaves(self, schema: Schema, steps: Steps) -> Iterator[tuple[Steps, Schema]]:
        known = self._resolved(schema)
        if "properties" in known:
            for name, inner in known["properties"].items():
                yield from self._leaves(inner, (*steps, name))
        elif known.get("type") == "array":
            yield steps, known
            yield from self._leaves(known["items"], (*steps, 0))
        else:
            yield steps, known

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return self._resolved(self.document["components"]["schemas"][name])
        options = [s for s in schema.get("anyOf", schema.get("oneOf", [])) if s.get("type") != "null"]
        return self._resolved(options[0]) if options else schema

    def _put(self, schema: Schema, given: Any, steps: Steps) -> Any:
        if not steps:
            return _MARK
        known, (first, *rest) = self._resolved(schema), steps
        if first == 0:
            inner = given[0] if isinstance(given, list) and given else None
            return [self._put(known["items"], inner, tuple(rest))]
        whole = given if isinstance(given, dict) else self._least(known)
        return {**whole, first: self._put(known["properties"][first], whole.get(first), tuple(rest))}

    def _least(self, schema: Schema) -> Any:
        """The least that a schema asks for."""
        known = self._resolved(schema)
        if "enum" in known or "const" in known:
            return known["enum"][0] if "enum" in known else known["const"]
        if "examples" in known:
            return known["examples"][0]
        match known.get("type"):
            case "object":
                return {n: self._least(known["properties"][n]) for n in known.get("required", [])}
            case "array":
                return [self._least(known["items"])] * known.get("minItems", 0)
            case "integer" | "number":
                return max(known.get("minimum", 1), 1)
            case "boolean":
                return True
        return {"uuid": _NIL, "date": "2026-03-02"}.get(known.get("format", ""), "示例")


def escaped(text: str) -> str:
    """A text as it goes into a path or a query, half surrogate pairs included."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
