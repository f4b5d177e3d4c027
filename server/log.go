package server

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// NewLogger returns a logger that writes one JSON object per line. Whatever
// looks like a phone number, an e-mail address or a token, and every value in
// secrets, is blanked before it is written. That is a net, not a licence: log
// ids, counts and codes, never names, numbers, transcripts or bodies.
func NewLogger(w io.Writer, level slog.Leveler, secrets ...Secret) *slog.Logger {
	blank := blanker(secrets)
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			a.Value = scrubValue(a.Value, blank)
			return a
		},
	}))
}

// blanker replaces the configured secrets, then everything sensitive.
func blanker(secrets []Secret) func(string) string {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, string(s), "[secret]")
		}
	}
	known := strings.NewReplacer(pairs...)
	return func(s string) string { return scrub(known.Replace(s)) }
}

// scrubValue scrubs strings, errors and anything that would be printed as text.
// Numbers, times and durations are typed and pass.
func scrubValue(v slog.Value, blank func(string) string) slog.Value {
	switch v.Kind() {
	case slog.KindString:
		return slog.StringValue(blank(v.String()))
	case slog.KindAny:
		return scrubAny(v, blank)
	default:
		return v
	}
}

func scrubAny(v slog.Value, blank func(string) string) slog.Value {
	switch x := v.Any().(type) {
	case error:
		return slog.StringValue(blank(x.Error()))
	case fmt.Stringer:
		return slog.StringValue(blank(x.String()))
	case *slog.Source:
		return v
	default:
		text, err := json.Marshal(x)
		if err != nil {
			return slog.StringValue(fmt.Sprintf("[%T]", x))
		}
		if clean := blank(string(text)); clean != string(text) {
			return slog.StringValue(clean)
		}
		return v
	}
}

// logRequests writes one line per request when it is done. The route is the
// pattern that matched, not the path: paths hold ids, and query strings hold
// whatever a client puts there.
func logRequests(metrics *Metrics, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		rw := &responseWriter{ResponseWriter: w}
		defer func() {
			took := time.Since(started)
			route := scopeOf(r.Context()).routeName()
			metrics.request(route, rw.statusOrOK(), took)
			level := slog.LevelInfo
			if isProbe(route) {
				level = slog.LevelDebug // a probe every few seconds would hide everything else
			}
			Log(r.Context()).LogAttrs(r.Context(), level, "request",
				slog.String("method", knownMethod(r.Method)),
				slog.String("route", route),
				slog.Int("status", rw.statusOrOK()),
				slog.Float64("duration_ms", float64(took.Microseconds())/1000),
			)
		}()
		next.ServeHTTP(rw, r)
	})
}

// knownMethod keeps invented methods, which are free text, out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}
