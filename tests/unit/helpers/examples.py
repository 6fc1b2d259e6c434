"""How many examples hypothesis draws, where it is not the profile's number."""

from hypothesis import settings

_USUAL = 100


def examples(count: int) -> settings:
    """Settings with which so many are drawn, and as much fewer as the profile has fewer than usual."""
    profile = settings.get_profile(settings.get_current_profile_name())
    return settings(max_examples=count * profile.max_examples // _USUAL)
