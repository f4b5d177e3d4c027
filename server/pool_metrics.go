package server

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// poolMetrics reads a pool of database connections whenever somebody reads the metrics.
type poolMetrics struct {
	stat     func() *pgxpool.Stat
	conns    *prometheus.Desc
	limit    *prometheus.Desc
	waits    *prometheus.Desc
	waitTime *prometheus.Desc
	gaveUp   *prometheus.Desc
}

// NewPoolMetrics shows the pool whose state stat tells (db.DB.Stat).
func NewPoolMetrics(stat func() *pgxpool.Stat) prometheus.Collector {
	return poolMetrics{
		stat:     stat,
		conns:    prometheus.NewDesc("voxanne_db_connections", "Database connections of this process, by state: used or idle.", []string{"state"}, nil),
		limit:    prometheus.NewDesc("voxanne_db_connections_max", "How many of them there may be.", nil, nil),
		waits:    prometheus.NewDesc("voxanne_db_waits_total", "How often somebody had to wait for a connection, because all were in use or had to be opened.", nil, nil),
		waitTime: prometheus.NewDesc("voxanne_db_wait_seconds_total", "How long they waited, all together.", nil, nil),
		gaveUp:   prometheus.NewDesc("voxanne_db_waits_given_up_total", "How often somebody's time ended before there was a connection.", nil, nil),
	}
}

// Describe tells what Collect will.
func (m poolMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{m.conns, m.limit, m.waits, m.waitTime, m.gaveUp} {
		ch <- desc
	}
}

// Collect reads the pool.
func (m poolMetrics) Collect(ch chan<- prometheus.Metric) {
	s := m.stat()
	ch <- prometheus.MustNewConstMetric(m.conns, prometheus.GaugeValue, float64(s.AcquiredConns()), "used")
	ch <- prometheus.MustNewConstMetric(m.conns, prometheus.GaugeValue, float64(s.IdleConns()), "idle")
	ch <- prometheus.MustNewConstMetric(m.limit, prometheus.GaugeValue, float64(s.MaxConns()))
	ch <- prometheus.MustNewConstMetric(m.waits, prometheus.CounterValue, float64(s.EmptyAcquireCount()))
	ch <- prometheus.MustNewConstMetric(m.waitTime, prometheus.CounterValue, s.EmptyAcquireWaitTime().Seconds())
	ch <- prometheus.MustNewConstMetric(m.gaveUp, prometheus.CounterValue, float64(s.CanceledAcquireCount()))
}
