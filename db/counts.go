package db

// Count says how many calls a list has in all its pages, and whether that is an estimate: see app.call_row.
func (r CallListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is as CallListed's.
func (r MessageListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is as CallListed's.
func (r NotificationListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is as CallListed's.
func (r AuditListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }
