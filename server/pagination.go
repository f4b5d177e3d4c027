package server

import "github.com/voxanne-ai/voxanne/server/api"

const (
	firstPage    = 1
	defaultLimit = 20
)

// page is which part of a list is asked for.
type page struct{ number, limit int }

// pageOf reads the parameters of a list; the description holds them in their bounds.
func pageOf(number *api.PageQuery, limit *api.LimitQuery) page {
	return page{valueOr(number, firstPage), valueOr(limit, defaultLimit)}
}

// past is how many rows lie on the pages before.
func (p page) past() int32 { return int32((p.number - firstPage) * p.limit) }

// upTo is how many rows the page has at most.
func (p page) upTo() int32 { return int32(p.limit) }

// of says where the page stands in a list of total rows.
func (p page) of(total int64) api.Pagination {
	size := int64(p.limit)
	return api.Pagination{Page: p.number, Limit: p.limit, Total: total, Pages: (total + size - 1) / size}
}
