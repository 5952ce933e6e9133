-- Free starts by multiranges, in one statement: the same question as booking.availability asks,
-- answered without a line of its code. Openings are expanded from the weekly rules here.
--
-- first date, days int, zone text; holidays date[]; length, before, after int (minutes);
-- earliest, latest timestamptz or null; now timestamptz (holds that have expired do not count);
-- needs int[] and units bigint[], in parallel: which unit serves which need;
-- counts int[]: how many units need 1, 2... takes. Two needs may not have a unit in common.
WITH asked AS MATERIALIZED (
  SELECT make_interval(mins => %(length)s) AS len,
         make_interval(mins => %(before)s) AS before,
         make_interval(mins => %(length)s + %(after)s) AS after,
         coalesce(%(earliest)s::timestamptz, '-infinity') AS earliest,
         coalesce(%(latest)s::timestamptz, 'infinity') AS latest,
         interval '5 minutes' AS bit,
         tstzrange(%(first)s::date::timestamp AT TIME ZONE %(zone)s,
                   (%(first)s::date + %(days)s)::timestamp AT TIME ZONE %(zone)s) AS horizon),
day AS MATERIALIZED (
  SELECT d AS day,
         (d + 1)::timestamp AT TIME ZONE %(zone)s - d::timestamp AT TIME ZONE %(zone)s
           <> interval '24 hours' AS odd
  FROM (SELECT %(first)s::date + n AS d FROM generate_series(0, %(days)s - 1) AS n) AS each
  WHERE d <> ALL (%(holidays)s::date[])),
busy AS MATERIALIZED (
  SELECT resource_id, range_agg(period) AS m
  FROM asked, booking_allocation
  WHERE start_at >= lower(horizon) - interval '1 day' AND start_at < upper(horizon) + interval '1 day'
    AND (state = 'booked' OR state = 'hold' AND expires_at > %(now)s)
  GROUP BY 1),
shut AS MATERIALIZED (
  SELECT r.id AS resource_id, range_agg(c.period) AS m
  FROM asked, booking_resource r
  JOIN booking_closure c ON c.resource_id IS NULL OR c.resource_id = r.id
  WHERE c.period && tstzrange(lower(horizon), upper(horizon) + interval '1 day')
  GROUP BY 1),
need AS MATERIALIZED (
  SELECT n.need, n.unit, (%(counts)s::int[])[n.need] AS wanted
  FROM unnest(%(needs)s::int[], %(units)s::bigint[]) AS n(need, unit)),
dated AS MATERIALIZED (
  SELECT o.id AS opening, d.odd, make_interval(mins => o.step_minutes) AS step,
         d.day + o.start_time AS opens, d.day + o.end_time AS closes
  FROM day d
  JOIN booking_opening o ON o.weekday = extract(isodow FROM d.day)::int - 1
   AND (o.valid_from IS NULL OR o.valid_from <= d.day)
   AND (o.valid_to IS NULL OR d.day <= o.valid_to)),
even AS (
  SELECT opening, t
  FROM asked, dated
  CROSS JOIN LATERAL generate_series(
    opens AT TIME ZONE %(zone)s, (closes AT TIME ZONE %(zone)s) - len, step) AS t
  WHERE NOT odd),
odd AS (  -- When clocks change: the time exists, the end is in the opening, no hour comes twice.
  SELECT opening, t
  FROM asked, dated
  CROSS JOIN LATERAL generate_series(opens, closes - bit, step) AS wall
  CROSS JOIN LATERAL (SELECT wall AT TIME ZONE %(zone)s AS later) AS l
  CROSS JOIN LATERAL (
    -- Of two instants that show the same time PostgreSQL takes the second; the first is meant.
    SELECT CASE WHEN (later - interval '1 hour') AT TIME ZONE %(zone)s = wall
                THEN later - interval '1 hour' ELSE later END AS t) AS s
  CROSS JOIN LATERAL (SELECT (t + len - bit) AT TIME ZONE %(zone)s AS last) AS e
  WHERE odd AND t AT TIME ZONE %(zone)s = wall AND last < closes AND last >= wall + len - bit),
start AS MATERIALIZED (
  SELECT opening, t
  FROM asked, (SELECT * FROM even UNION ALL SELECT * FROM odd) AS each
  WHERE t >= earliest AND t < latest),
fit AS (
  SELECT s.opening, s.t, n.need, n.wanted
  FROM asked, start s
  JOIN booking_opening_resources x ON x.opening_id = s.opening
  JOIN need n ON n.unit = x.resource_id
  JOIN booking_resource r ON r.id = x.resource_id AND r.active
  LEFT JOIN busy b ON b.resource_id = r.id
  LEFT JOIN shut c ON c.resource_id = r.id
  WHERE NOT coalesce(b.m && tstzrange(s.t - before, s.t + after), false)
    AND NOT coalesce(c.m && tstzrange(s.t, s.t + len), false)
  GROUP BY 1, 2, 3, 4
  HAVING count(*) >= n.wanted)
SELECT DISTINCT t
FROM (SELECT opening, t FROM fit GROUP BY 1, 2
      HAVING count(*) = cardinality(%(counts)s::int[])) AS offered
ORDER BY t
