package server

import (
	"net/url"
	"strings"
)

// Traced tells whether traces go anywhere.
func (c Config) Traced() bool {
	return c.TracesEndpoint != "" && !strings.EqualFold(c.TracesDisabled, "true")
}

// validateTraces lets http pass also in production: a collector stands beside the processes, and spans name nobody.
func (c *Config) validateTraces(complain complainer) {
	if !c.Traced() {
		return
	}
	u, err := url.Parse(c.TracesEndpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		complain("OTEL_EXPORTER_OTLP_ENDPOINT is not a plain http(s) address: give the collector's, as in http://localhost:4318; its key belongs in OTEL_EXPORTER_OTLP_HEADERS.")
	}
	if c.TracesProtocol != "http/protobuf" {
		complain("OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, or unset.")
	}
}
