-- events.yml in SQL. Points are whole hundredths; each event fades by its own age and is rounded by itself.
CREATE TABLE ranked AS
WITH log AS (
    SELECT
        lead_id, event, time, value,
        DATE '2026-06-30' - time AS age,
        round(3000 * pow(2, -age / 10)) AS demo,
        round(100 * pow(2, -age / 14)) AS mail
    FROM {log}
),
-- Only visits are limited to so many a day; all the rest is added up in one go.
daily AS (
    SELECT lead_id, least(2, count(*)) AS visits FROM log WHERE event = 'visit' GROUP BY lead_id, time
),
visited AS (
    SELECT lead_id, least(2000, 100 * sum(visits)) AS points FROM daily GROUP BY lead_id
),
others AS (
    SELECT
        lead_id,
        least(4000, coalesce(sum(demo) FILTER (event = 'demo_request' AND age <= 90), 0))
            + least(2000, coalesce(sum(mail) FILTER (event IN ('open', 'click')), 0))
            + least(5000, coalesce(sum(round(100 * value)) FILTER (event = 'purchase'), 0))
            + CASE WHEN min(age) <= 10 THEN 300 ELSE 0 END AS points
    FROM log
    GROUP BY lead_id
),
pointed AS (
    SELECT (coalesce(others.points, 0) + coalesce(visited.points, 0))::BIGINT AS points, leads.*
    FROM {export} AS leads
    LEFT JOIN others USING (lead_id)
    LEFT JOIN visited USING (lead_id)
)
SELECT
    points / 100 AS score,
    CASE
        WHEN points >= 6000 THEN 'SQL'
        WHEN points >= 4000 THEN 'MQL'
        WHEN points >= 1500 THEN 'Nurture'
        ELSE 'Cold'
    END AS tier,
    points / 100 AS activity,
    pointed.* EXCLUDE (points)
FROM pointed
ORDER BY points DESC, lead_id;
