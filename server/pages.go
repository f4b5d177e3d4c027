package server

import "github.com/voxanne-ai/voxanne/server/api"

// rowsOfPage is how many rows a page has when the client does not say.
const rowsOfPage = 20

// pageOf reads a page of a list and fills in its Pagination. Each row carries the total of the whole list; past the last
// page there is no row to carry it, so one row of the first page is asked for it.
func pageOf[Row any](
	page int32, read func(page, limit int32) ([]Row, error), limit int32, shown *api.Pagination, total func(Row) (rows int64, isEstimate bool),
) ([]Row, error) {
	rows, err := read(page, limit)
	if err != nil {
		return nil, err
	}
	counted := rows
	if len(rows) == 0 && page > 1 {
		if counted, err = read(1, 1); err != nil {
			return nil, err
		}
	}
	*shown = api.Pagination{Page: int(page), Limit: int(limit)}
	if len(counted) > 0 {
		count, isEstimate := total(counted[0])
		shown.Total, shown.Pages = int(count), int((count+int64(limit)-1)/int64(limit))
		if isEstimate {
			shown.TotalIsEstimate = &isEstimate
		}
	}
	return rows, nil
}
