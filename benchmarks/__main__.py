"""Run every benchmark and print its table."""

from benchmarks import (
    after_adam_times,
    explorer_speed,
    grading_speed,
    import_time,
    memory_traffic,
    optimizer_speed,
    tab_speed,
    transformer_speed,
)

if __name__ == "__main__":
    import_time.main()
    optimizer_speed.main()
    memory_traffic.main()
    transformer_speed.main()
    after_adam_times.main()
    explorer_speed.main()
    tab_speed.main()
    grading_speed.main()
