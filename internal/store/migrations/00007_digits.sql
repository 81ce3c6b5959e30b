-- Ids are the same in the digits of every script since facts are read that way:
-- what names an agent or a call here is written as the facts name them now.

-- +goose Up
CREATE TEMP TABLE named AS -- every name that is written otherwise now
WITH RECURSIVE written(name, call) AS (
	SELECT agent, false FROM accounts
	UNION SELECT agent, false FROM corrections
	UNION SELECT agent, false FROM draws
	UNION SELECT key.value, true FROM draws, json_each(calls) AS key
	UNION SELECT subject, true FROM notes WHERE subject LIKE 'call:%'
	UNION SELECT subject, true FROM corrections WHERE subject LIKE 'call:%'
	UNION SELECT body ->> '$.scope.agent', false FROM goals
	UNION SELECT body ->> '$.scope.agent', false FROM goal_versions
	UNION SELECT person.value ->> '$.agent', false FROM goals, json_each(division, '$.people') AS person
	UNION SELECT part, false FROM goal_days
),
id(name, source, rest) AS ( -- a call's is escaped, behind its source, which stays
	SELECT name, iif(call, substr(name, 1, instr(name, '/')), ''), iif(call, substr(name, instr(name, '/') + 1), name)
	FROM written WHERE name IS NOT NULL
),
plain(name, source, rest, n) AS (
	SELECT name, source, rest, 0 FROM id
	UNION ALL
	SELECT name, source, replace(replace(rest, substr('۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩０１２３４５６７８９', n + 1, 1), n % 10),
		CASE WHEN source = '' THEN char(0) ELSE CASE n / 10 WHEN 0 THEN '%DB%B' WHEN 1 THEN '%D9%A' ELSE '%EF%BC%9' END || (n % 10) END, n % 10), n + 1 FROM plain WHERE n < 30
)
SELECT name AS was, source || rest AS now FROM plain WHERE n = 30 AND source || rest <> name;

UPDATE accounts SET agent = (SELECT now FROM named WHERE was = agent) WHERE agent IN (SELECT was FROM named);
UPDATE corrections SET agent = (SELECT now FROM named WHERE was = agent) WHERE agent IN (SELECT was FROM named);
UPDATE corrections SET subject = (SELECT now FROM named WHERE was = subject) WHERE subject IN (SELECT was FROM named);
UPDATE notes SET subject = (SELECT now FROM named WHERE was = subject) WHERE subject IN (SELECT was FROM named);
UPDATE draws SET agent = (SELECT now FROM named WHERE was = agent) WHERE agent IN (SELECT was FROM named);
UPDATE draws SET calls = (SELECT json_group_array(coalesce((SELECT now FROM named WHERE was = key.value), key.value)) FROM json_each(calls) AS key);
UPDATE goals SET body = json_set(body, '$.scope.agent', (SELECT now FROM named WHERE was = body ->> '$.scope.agent'))
	WHERE body ->> '$.scope.agent' IN (SELECT was FROM named);
UPDATE goal_versions SET body = json_set(body, '$.scope.agent', (SELECT now FROM named WHERE was = body ->> '$.scope.agent'))
	WHERE body ->> '$.scope.agent' IN (SELECT was FROM named);
UPDATE goals SET division = json_set(division, '$.people', json((
		SELECT json_group_array(json_set(person.value, '$.agent', coalesce((SELECT now FROM named WHERE was = person.value ->> '$.agent'), person.value ->> '$.agent')))
		FROM json_each(division, '$.people') AS person)))
	WHERE EXISTS (SELECT 1 FROM json_each(division, '$.people') AS person JOIN named ON was = person.value ->> '$.agent');
UPDATE OR IGNORE goal_days SET part = (SELECT now FROM named WHERE was = part)
	WHERE part IN (SELECT was FROM named) AND goal_id IN (SELECT id FROM goals WHERE body ->> '$.scope.each' = 'agent');
UPDATE goals SET baselines = (
		SELECT json_group_array(json_set(one.value,
			'$.parts', json((SELECT json_group_object(coalesce((SELECT now FROM named WHERE was = p.key), p.key), json(p.value)) FROM json_each(one.value, '$.parts') AS p)),
			'$.guards', json((SELECT json_group_object(coalesce((SELECT now FROM named WHERE was = p.key), p.key), json(p.value)) FROM json_each(one.value, '$.guards') AS p))))
		FROM json_each(baselines) AS one)
	WHERE body ->> '$.scope.each' = 'agent' AND baselines NOT IN ('', 'null', '[]');
DROP TABLE named;
