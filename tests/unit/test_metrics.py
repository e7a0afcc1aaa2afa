"""Figures of one process, as any scraper reads them."""

from prometheus_client.parser import text_string_to_metric_families

from address_service.api.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Value by name, route, method and status class."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {
        (s.name, s.labels["route"], s.labels["method"], s.labels["status"]): s.value
        for family in families
        for s in family.samples
    }


def test_requests_and_seconds_are_counted_by_route_method_and_status_class() -> None:
    metrics = Metrics()

    metrics.add("/p/{token}", "GET", 200, 0.25)
    metrics.add("/p/{token}", "GET", 204, 0.5)
    metrics.add("/p/{token}", "GET", 404, 1.0)

    found = ("/p/{token}", "GET", "2xx")
    missing = ("/p/{token}", "GET", "4xx")
    assert samples(metrics) == {
        ("address_service_requests_total", *found): 2,
        ("address_service_requests_total", *missing): 1,
        ("address_service_request_seconds_total", *found): 0.75,
        ("address_service_request_seconds_total", *missing): 1.0,
    }


def test_two_applications_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()

    one.add("/health", "GET", 200, 0.1)

    assert len(samples(one)) == 2
    assert samples(other) == {}
