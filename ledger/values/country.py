"""Countries by their ISO 3166 alpha-3 code, as `pycountry` lists them."""

from __future__ import annotations

from functools import lru_cache

from ledger.errors.values import CountryUnknown

#: What people write for a country and the standard does not know.
_EVERYDAY = {"UK": "GBR", "ENGLAND": "GBR", "RUSSIA": "RUS", "USA": "USA", "US": "USA"}


def country_code(text: str) -> str:
    """The alpha-3 code; raises `CountryUnknown`, which names the codes that may be meant."""
    code = text.strip().upper()
    if code in codes():
        return code
    near = " or ".join(countries_like(text))
    suggestion = f"did you mean {near}?" if near else "use a code such as ALB, DEU or IRQ"
    raise CountryUnknown(text=text[:60], suggestion=suggestion)


@lru_cache(maxsize=1)
def codes() -> dict[str, str]:
    """Every alpha-3 code with its English name."""
    import pycountry

    return {
        country.alpha_3: getattr(country, "common_name", country.name)
        for country in pycountry.countries
    }


def countries_like(text: str) -> list[str]:
    """The codes that somebody who wrote `text` may have meant: GBR for UK, two for Korea."""
    import pycountry

    word = text.strip().upper()
    if word in _EVERYDAY:
        return [_EVERYDAY[word]]
    two = pycountry.countries.get(alpha_2=word)
    if two is not None:
        return [two.alpha_3]
    if len(word) < 4:
        return []
    return sorted(code for code, name in codes().items() if word in _full_name(code, name))[:4]


def _full_name(code: str, name: str) -> str:
    import pycountry

    country = pycountry.countries.get(alpha_3=code)
    formal = getattr(country, "name", ""), getattr(country, "official_name", "")
    return " ".join((name, *formal)).upper()
