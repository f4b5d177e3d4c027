package server

// optional is s, or nil when it is empty: NULL for the database, left out of JSON.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// value is what p points at, or the zero value.
func value[T any](p *T) T {
	var zero T
	return valueOr(p, zero)
}

// valueOr is what p points at, or fallback.
func valueOr[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}
