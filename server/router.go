package server

import "net/http"

// router is the mux with our error shape for paths and methods that it does
// not know, and with the matched pattern noted for the log.
type router struct{ mux *http.ServeMux }

// ServeHTTP notes the pattern before serving, so that it is known also when the
// handler panics.
func (rt router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fallback, pattern := rt.mux.Handler(r)
	if pattern == "" {
		refuseUnrouted(w, r, fallback)
		return
	}
	NoteRoute(r.Context(), pattern)
	rt.mux.ServeHTTP(w, r)
}

// refuseUnrouted asks the mux's own fallback whether the path exists under
// another method; it knows the Allow header.
func refuseUnrouted(w http.ResponseWriter, r *http.Request, fallback http.Handler) {
	probe := &probeWriter{header: http.Header{}}
	fallback.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		allow := probe.header.Get("Allow")
		w.Header().Set("Allow", allow)
		WriteError(w, r, NewError(CodeMethodNotAllowed, "This path answers to "+allow+" only.", nil))
		return
	}
	WriteError(w, r, NewError(CodeNotFound, sentenceNotFound, nil))
}

// probeWriter keeps status and header of an answer and drops its body.
type probeWriter struct {
	header http.Header
	status int
}

func (p *probeWriter) Header() http.Header         { return p.header }
func (p *probeWriter) WriteHeader(status int)      { p.status = status }
func (p *probeWriter) Write(b []byte) (int, error) { return len(b), nil }
