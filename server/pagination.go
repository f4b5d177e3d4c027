package server

import "github.com/voxanne-ai/voxanne/server/api"

// usualLimit is how many rows a page has when the client does not say; `LimitQuery` in openapi.yaml.
const usualLimit = 20

// pageOf reads page and limit, which the description has checked.
func pageOf(page, limit *int) (number, size int32) {
	return int32(valueOr(page, 1)), int32(valueOr(limit, usualLimit))
}

// pagination tells a client where it is. An empty list has no pages.
func pagination(page, limit int32, total int64, estimate bool) api.Pagination {
	size := int64(limit)
	shown := api.Pagination{Page: int(page), Limit: int(limit), Total: total, Pages: (total + size - 1) / size}
	if estimate {
		shown.TotalIsEstimate = &estimate
	}
	return shown
}
