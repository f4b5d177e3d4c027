package main

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/server"
)

// observe tells of a process what it tells whatever it does: which build it is, whether it can work, and how its database
// connections do.
func observe(to observed, opened *db.DB) error {
	if err := thisBuild().tell(to); err != nil {
		return err
	}
	schema, err := migrate.Target()
	if err != nil {
		return err
	}
	if err := watch(to, "readiness", server.NewReadyMetric(server.NewDatabase(opened), schema)); err != nil {
		return err
	}
	return watch(to, "database connections", server.NewPoolMetrics(opened.Stat))
}

// watch registers what is read whenever somebody reads the metrics; of names what it is for the error.
func watch(to observed, of string, c prometheus.Collector) error {
	if err := to.metrics.Registerer().Register(c); err != nil {
		return fmt.Errorf("register the metrics of %s: %w", of, err)
	}
	return nil
}
