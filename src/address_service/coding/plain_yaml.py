"""YAML that somebody sent: plain values only, whatever was typed answered in bounded time."""

from typing import Any

import yaml


class UnreadableYaml(ValueError):
    """A text that is no YAML, or none that is taken; the sentence says why, in Chinese."""


def read_plain_yaml(text: str) -> Any:
    """What a document says; raises UnreadableYaml.

    An alias repeats what an anchor holds: a few lines of them, written out, are more than any memory.
    """
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise UnreadableYaml("不能使用YAML引用（*）")
        return yaml.safe_load(text)
    except UnreadableYaml:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # no such day, a number of 5000 digits
        raise UnreadableYaml("不是有效的YAML") from error
