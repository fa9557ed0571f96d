"""Several tasks in one computation, and their results apart."""

from dataclasses import replace

from symscope.discovery.result import Discovery


def split_tasks(discovery: Discovery) -> list[Discovery]:
    """Take the discovery of several tasks apart: one ensemble for each, in their order.

    Time is shared equally, because all were trained together.
    """
    tasks = int(discovery.settings.get("tasks", 1))
    seeds = len(discovery.seeds) // tasks
    parts = []
    for task in range(tasks):
        mine = slice(task * seeds, (task + 1) * seeds)
        parts.append(
            replace(
                discovery,
                generators=discovery.generators[mine],
                elements=None if discovery.elements is None else discovery.elements[mine],
                shared_weights=None if discovery.shared_weights is None else discovery.shared_weights[mine],
                spectrum=None if discovery.spectrum is None else discovery.spectrum[mine],
                seeds=discovery.seeds[mine],
                history={name: values[mine] for name, values in discovery.history.items()},
                history_generators=discovery.history_generators[mine],
                coefficient_parameters={
                    name: values[mine] for name, values in discovery.coefficient_parameters.items()
                },
                tried={name: values[mine] for name, values in discovery.tried.items()},
                seconds=discovery.seconds / tasks,
            )
        )
    return parts
