package server

import "net/http"

// withoutEmpty takes parameters without a value out of a reading request's query: dashboards send filters that nobody
// has set like this, and mean no filter.
func withoutEmpty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.RawQuery == "" {
			next.ServeHTTP(w, r)
			return
		}
		query, dropped := r.URL.Query(), false
		for name, values := range query {
			if len(values) == 1 && values[0] == "" {
				delete(query, name)
				dropped = true
			}
		}
		if dropped {
			url := *r.URL
			url.RawQuery = query.Encode()
			r = r.WithContext(r.Context())
			r.URL = &url
		}
		next.ServeHTTP(w, r)
	})
}
