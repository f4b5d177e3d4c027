package server

import "net/http"

// hstsYear makes browsers ask over https only, for a year. It speaks of this host alone: others under the same domain are not
// ours to speak for.
const hstsYear = "max-age=31536000"

// secured sends with every answer what browsers must not do with it: guess another type than the one named, tell other hosts
// the address, which may be a secret, or show it within another's page. Pages of ours say more, in a policy of their
// own that must forbid frames too. https: this server is reached over https only, and says that it stays so.
func secured(https bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'")
		if https {
			h.Set("Strict-Transport-Security", hstsYear)
		}
		next.ServeHTTP(w, r)
	})
}
