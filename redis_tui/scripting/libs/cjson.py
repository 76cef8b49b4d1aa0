"""cjson 2.1.0, in Lua.

Knows nothing of commands. The decision a reader would question: the options (``encode_max_depth`` and the
like) are one set for the runtime and outlast the run, as in the servers, where one script's settings
leak into the next; ``cjson.new`` gives a library with options of its own.

Written in Lua, not over Python's json: no value crosses the border, strings stay bytes, and the count hook
can end a decode that takes too long. Errors carry cjson's own words and token names.
"""

from __future__ import annotations

LUA = rb"""
local core = ...
local native = core.native
local type, error, tonumber, next = native.type, native.error, native.tonumber, native.next
local byte, char, find = native.string.byte, native.string.char, native.string.find
local sub, format = native.string.sub, native.string.format
local gsub, match, concat = native.string.gsub, native.string.match, native.table.concat
local floor, huge = native.math.floor, native.math.huge
local select = native.select
local fault, misuse, string_arg, int_arg, real = core.fault, core.misuse, core.string_arg, core.int_arg, core.real

local null = native.newproxy(true)
local meta = native.getmetatable(null)
meta.__tostring = function() return 'userdata: (nil)' end
meta.__metatable = false

local ESCAPES = {['"'] = '\\"', ['\\'] = '\\\\', ['/'] = '\\/', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n',
  ['\r'] = '\\r', ['\t'] = '\\t', ['\127'] = '\\u007f'}
for code = 0, 31 do
  local c = char(code)
  ESCAPES[c] = ESCAPES[c] or format('\\u%04x', code)
end
local UNESCAPES = {['"'] = '"', ['\\'] = '\\', ['/'] = '/', b = '\b', f = '\f', n = '\n', r = '\r', t = '\t'}

local function utf8(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xC0 + floor(code / 64), 0x80 + code % 64) end
  if code < 0x10000 then
    return char(0xE0 + floor(code / 4096), 0x80 + floor(code / 64) % 64, 0x80 + code % 64)
  end
  return char(0xF0 + floor(code / 262144), 0x80 + floor(code / 4096) % 64, 0x80 + floor(code / 64) % 64,
    0x80 + code % 64)
end

local PIECE = 65536   -- bytes of a text that are looked through at once
local ENCODE_SLOTS, DECODE_SLOTS = 7997, 7998   -- of the stack of C, which bounds the nesting whatever the options say
local WORD, INT_MIN, INT_MAX = 4294967296, -2147483648, 2147483647

local function library()
  local options = {convert = false, ratio = 2, safe = 10, encode_depth = 1000, decode_depth = 1000, precision = 14,
    keep = true, encode_invalid = false, decode_invalid = true}
  local number_format = '%.14g'
  local cjson = {null = null, _NAME = 'cjson', _VERSION = '2.1.0'}

  -- encode -------------------------------------------------------------------------------------------------
  local out, n, known   -- parts, how many, and strings of this document with their quotes: the same keys come often

  local function escaped(s)
    if not find(s, '[%c"\\/]') then return s end
    return (gsub(s, '[%z\1-\31"\\/\127]', ESCAPES))
  end

  local function escaped_in_pieces(s)   -- a kill is heard between them
    local pieces = {}
    for at = 1, #s, PIECE do pieces[#pieces + 1] = escaped(sub(s, at, at + PIECE - 1)) end
    return concat(pieces)
  end

  local function put_string(s)
    n = n + 1
    out[n] = known[s]
    if out[n] then return end
    local plain = s
    s = #s <= PIECE and escaped(s) or escaped_in_pieces(s)
    s = '"' .. s .. '"'
    out[n], known[plain] = s, s
  end

  local function refuse(what, why)
    error('Cannot serialise ' .. what .. ': ' .. why, 0)
  end

  local function number_text(v)
    if v ~= v or v == huge or v == -huge then
      if options.encode_invalid == 'null' then return 'null' end
      if not options.encode_invalid then refuse('number', 'must not be NaN or Inf') end
      if v ~= v then return 'nan' end
    end
    return format(number_format, v)
  end

  -- length of an array, or nil for an object. Sizes are C ints: a key from 2^31 on makes the longest a negative one
  local function array_length(t)
    local max, items = 0, 0
    for k in next, t do
      if type(k) ~= 'number' or k < 1 or k % 1 ~= 0 and k ~= huge then return nil end
      if k > max then max = k <= INT_MAX and k or INT_MIN end
      items = items + 1
    end
    if max > options.safe and options.ratio > 0 and max > (items * options.ratio - INT_MIN) % WORD + INT_MIN then
      if not options.convert then refuse('table', 'excessively sparse array') end
      return nil
    end
    if max <= 0 then return nil end
    return max
  end

  local put

  local function put_object(t, depth)
    n = n + 1
    out[n] = '{'
    local first = true
    for k, v in next, t do
      if not first then
        n = n + 1
        out[n] = ','
      end
      first = false
      local kind = type(k)
      if kind == 'string' then put_string(k)
      elseif kind == 'number' then
        n = n + 1
        out[n] = '"' .. number_text(k) .. '"'
      else
        refuse(kind, 'table key must be a number or string')
      end
      n = n + 1
      out[n] = ':'
      put(v, depth)
    end
    n = n + 1
    out[n] = '}'
  end

  local slots = 0   -- what C would have on its stack: a value for each array under way, two for each object

  local function put_table(t, depth)
    if depth > options.encode_depth or slots >= ENCODE_SLOTS then
      error('Cannot serialise, excessive nesting (' .. format('%d', depth) .. ')', 0)
    end
    local length = array_length(t)
    if not length then
      slots = slots + 2
      put_object(next(t) == nil and real[t] or t, depth)
      slots = slots - 2
      return
    end
    slots = slots + 1
    n = n + 1
    out[n] = '['
    for i = 1, length do
      if i > 1 then
        n = n + 1
        out[n] = ','
      end
      put(native.rawget(t, i), depth)
    end
    n = n + 1
    out[n] = ']'
    slots = slots - 1
  end

  put = function(v, depth)
    local kind = type(v)
    if kind == 'string' then return put_string(v) end
    if kind == 'table' then return put_table(v, depth + 1) end
    n = n + 1
    if kind == 'number' then
      -- table.concat writes a number with 14 digits, too
      out[n] = options.precision == 14 and v - v == 0 and v or number_text(v)
    elseif kind == 'boolean' then out[n] = v and 'true' or 'false'
    elseif v == nil or v == null then out[n] = 'null'
    else refuse(kind, 'type not supported') end
  end

  function cjson.encode(...)
    if select('#', ...) ~= 1 then misuse(1, 'expected 1 argument') end
    out, n, known, slots = {}, 0, {}, 0
    local ok, e = native.pcall(put, (...), 0)
    local parts = out
    out, known = nil, nil
    if not ok then
      if type(e) == 'string' then error(e, 2) end
      error(e, 0)
    end
    return concat(parts)
  end

  -- decode -------------------------------------------------------------------------------------------------
  -- What is common is read by one pattern each; whatever that does not match is read with care, to say what is wrong.
  local text, depth
  local SPACE = {[32] = true, [9] = true, [10] = true, [13] = true}
  local ENDS = {[44] = true, [93] = true, [125] = true, [32] = true, [9] = true, [10] = true, [13] = true}

  local function expected(what, found, at)
    error('Expected ' .. what .. ' but found ' .. found .. ' at character ' .. at, 0)
  end

  local function unescape(s, base)
    local parts, count, at = {}, 0, 1
    while true do
      local i = find(s, '\\', at, true)
      if not i then break end
      count = count + 1
      parts[count] = sub(s, at, i - 1)
      local c = sub(s, i + 1, i + 1)
      local plain = UNESCAPES[c]
      if plain then
        at = i + 2
      elseif c == 'u' then
        local hex = match(s, '^%x%x%x%x', i + 2)
        if not hex then return nil, 'invalid unicode escape code', base + i - 1 end
        local code = tonumber(hex, 16)
        at = i + 6
        if code >= 0xDC00 and code < 0xE000 then return nil, 'invalid unicode escape code', base + i - 1 end
        if code >= 0xD800 and code < 0xDC00 then
          local low = match(s, '^\\u(%x%x%x%x)', at)
          low = low and tonumber(low, 16)
          if not low or low < 0xDC00 or low > 0xDFFF then return nil, 'invalid unicode escape code', base + i - 1 end
          code = 0x10000 + (code - 0xD800) * 1024 + (low - 0xDC00)
          at = at + 6
        end
        plain = utf8(code)
      else
        return nil, 'invalid escape code', base + i - 1
      end
      count = count + 1
      parts[count] = plain
    end
    count = count + 1
    parts[count] = sub(s, at)
    return concat(parts)
  end

  -- the string that opens before `at`; returns it and the position after it, or nil and what was wrong, where
  local function read_string(at)
    local from, escaped = at, false
    while true do
      local i = find(text, '["\\%z]', from)
      if not i or byte(text, i) == 0 then
        local s = sub(text, at, i and i - 1)
        if escaped then
          local value, why, where = unescape(s, at)
          if not value then return nil, why, where end
        end
        return nil, 'unexpected end of string', i or #text + 1
      end
      if byte(text, i) == 34 then
        local s = sub(text, at, i - 1)
        if escaped then
          local value, why, where = unescape(s, at)
          if not value then return nil, why, where end
          s = value
        end
        return s, i + 1
      end
      escaped = true
      from = i + 2
    end
  end

  local SINGLE = {[0] = 'T_END', [91] = 'T_ARR_BEGIN', [93] = 'T_ARR_END', [123] = 'T_OBJ_BEGIN', [125] = 'T_OBJ_END',
    [44] = 'T_COMMA', [58] = 'T_COLON'}

  -- a sign before what only strtod takes for a number, and that itself: hexadecimals, leading zeros, inf and nan
  local function is_invalid_number(at)
    local c = byte(text, at)
    if c == 43 then return true end
    if c == 45 then at = at + 1 end
    c = byte(text, at)
    if c == 48 then return find(text, '^[%dxX]', at + 1) ~= nil end
    return find(text, '^[iI][nN][fF]', at) ~= nil or find(text, '^[nN][aA][nN]', at) ~= nil
  end

  local ODD = {'^[-+]?0[xX]%x+%.?%x*[pP][-+]?%d+', '^[-+]?0[xX]%.%x+[pP][-+]?%d+', '^[-+]?0[xX]%x+%.?%x*',
    '^[-+]?0[xX]%.%x+', '^[-+]?[iI][nN][fF][iI][nN][iI][tT][yY]', '^[-+]?[iI][nN][fF]', '^[-+]?[nN][aA][nN]%([%w_]*%)',
    '^[-+]?[nN][aA][nN]'}

  -- as strtod; nil where there is no number
  local function read_number(at)
    if is_invalid_number(at) then
      if not options.decode_invalid then return nil end
      for i = 1, #ODD do
        local from, to = find(text, ODD[i], at)
        if from then return tonumber(sub(text, from, to)), to + 1 end
      end
    end
    local s = match(text, '^[-+]?[%deE.+-]*', at)
    local best = match(s, '^[-+]?%d+%.?%d*[eE][-+]?%d+') or match(s, '^[-+]?%.%d+[eE][-+]?%d+')
      or match(s, '^[-+]?%d+%.?%d*') or match(s, '^[-+]?%.%d+')
    if not best then return nil end
    return tonumber(best), at + #best
  end

  -- the name of the token at a position, for error texts
  local function token_at(at)
    at = find(text, '[^ \t\n\r]', at) or #text + 1
    local c = byte(text, at)
    if c == nil or c == 0 then return 'T_END', at end   -- a NUL ends the text, as in C
    if SINGLE[c] then return SINGLE[c], at end
    if c == 34 then
      local s, why, where = read_string(at + 1)
      if not s then return why, where end
      return 'T_STRING', at
    end
    if c == 45 or c >= 48 and c <= 57 or options.decode_invalid and is_invalid_number(at) then
      local value = read_number(at)
      if value == nil then return 'invalid number', at end
      return 'T_NUMBER', at
    end
    if sub(text, at, at + 3) == 'true' or sub(text, at, at + 4) == 'false' then return 'T_BOOLEAN', at end
    if sub(text, at, at + 3) == 'null' then return 'T_NULL', at end
    return 'invalid token', at
  end

  local function fail(what, at)
    local found, where = token_at(at)
    expected(what, found, where)
  end

  local function deeper(at, width)
    depth = depth + 1
    if depth > options.decode_depth or slots >= DECODE_SLOTS then
      error('Found too many nested data structures (' .. format('%d', depth) .. ') at character ' .. at, 0)
    end
    slots = slots + width
  end

  local value

  -- the next position that holds no space, and the byte there
  local function skip(at)
    at = find(text, '[^ \t\n\r]', at) or #text + 1
    return at, byte(text, at)
  end

  local function array(at)
    deeper(at - 1, 1)
    local t, count, v = {}, 0, nil
    at = find(text, '[^ \t\n\r]', at) or #text + 1
    if byte(text, at) == 93 then
      depth, slots = depth - 1, slots - 1
      return t, at + 1
    end
    while true do
      count = count + 1
      v, at = value(at)
      t[count] = v
      local c = byte(text, at)
      if SPACE[c] then at, c = skip(at) end
      if c == 93 then
        depth, slots = depth - 1, slots - 1
        return t, at + 1
      end
      if c ~= 44 then fail('comma or array end', at) end
      at = at + 1
    end
  end

  local function object(at)
    deeper(at - 1, 2)
    local t, k, v = {}, nil, nil
    at = find(text, '[^ \t\n\r]', at) or #text + 1
    if byte(text, at) == 125 then
      depth, slots = depth - 1, slots - 2
      return t, at + 1
    end
    while true do
      local name, after = match(text, '^ ?"([^"\\%z]*)" ?:()', at)
      if name then
        k, at = name, after
      else
        at = skip(at)
        if byte(text, at) ~= 34 then fail('object key string', at) end
        local start = at
        k, at = read_string(at + 1)
        if k == nil then fail('object key string', start) end
        at = skip(at)
        if byte(text, at) ~= 58 then fail('colon', at) end
        at = at + 1
      end
      v, at = value(at)
      t[k] = v
      local c = byte(text, at)
      if SPACE[c] then at, c = skip(at) end
      if c == 125 then
        depth, slots = depth - 1, slots - 2
        return t, at + 1
      end
      if c ~= 44 then fail('comma or object end', at) end
      at = at + 1
    end
  end

  value = function(at)
    local c = byte(text, at)
    if SPACE[c] then at, c = skip(at) end
    if c == 34 then
      local s, after = match(text, '^([^"\\%z]*)"()', at + 1)   -- without escapes
      if s then return s, after end
      s, after = read_string(at + 1)
      if s == nil then fail('value', at) end
      return s, after
    end
    if c == 123 then return object(at + 1) end
    if c == 91 then return array(at + 1) end
    if c == 116 and sub(text, at, at + 3) == 'true' then return true, at + 4 end
    if c == 102 and sub(text, at, at + 4) == 'false' then return false, at + 5 end
    if c == 110 and sub(text, at, at + 3) == 'null' then return null, at + 4 end
    if options.decode_invalid then
      local s, after = match(text, '^(-?%d+%.?%d*)()', at)
      if s and ENDS[byte(text, after)] then return s * 1, after end   -- keeps -0, as + 0 would not
    end
    if c and (c == 45 or c >= 48 and c <= 57 or options.decode_invalid and is_invalid_number(at)) then
      local v, after = read_number(at)
      if v ~= nil then return v, after end
    end
    fail('value', at)
  end

  local function document()
    local v, at = value(1)
    local found, where = token_at(at)
    if found ~= 'T_END' then expected('the end', found, where) end
    return v
  end

  function cjson.decode(...)
    if select('#', ...) ~= 1 then misuse(1, 'expected 1 argument') end
    text, depth, slots = string_arg(1, ...), 0, 0
    if #text >= 2 and (byte(text, 1) == 0 or byte(text, 2) == 0) then
      fault('JSON parser does not support UTF-16 or UTF-32')
    end
    local ok, v = native.pcall(document)
    text = nil
    if ok then return v end
    if type(v) == 'string' then error(v, 2) end
    error(v, 0)
  end

  -- options ------------------------------------------------------------------------------------------------
  local function few(max, ...)
    if select('#', ...) > max then misuse(max + 1, 'found too many arguments') end
  end

  -- the servers say #1 whichever argument is out of range
  local function set_number(n, key, low, high, ...)
    if (select(n, ...)) == nil then return end
    local v = int_arg(n, ...)
    if v < low or v > high then misuse(1, format('expected integer between %d and %d', low, high)) end
    options[key] = v
  end

  local function set_choice(key, choices, ...)
    local v = ...
    if v == nil then return end
    if type(v) ~= 'boolean' then
      local name = string_arg(1, ...)
      v = choices[name]
      if v == nil then misuse(1, "invalid option '" .. name .. "'") end
    end
    options[key] = v
  end
  local FLAGS = {on = true, off = false}

  function cjson.encode_sparse_array(...)
    few(3, ...)
    set_choice('convert', FLAGS, ...)
    set_number(2, 'ratio', 0, 2147483647, ...)
    set_number(3, 'safe', 0, 2147483647, ...)
    return options.convert, options.ratio, options.safe
  end

  local function numeric(name, key, high)
    cjson[name] = function(...)
      few(1, ...)
      set_number(1, key, 1, high, ...)
      number_format = '%.' .. options.precision .. 'g'
      return options[key]
    end
  end
  numeric('encode_max_depth', 'encode_depth', 2147483647)
  numeric('decode_max_depth', 'decode_depth', 2147483647)
  numeric('encode_number_precision', 'precision', 14)

  local function choice(name, key, choices)
    cjson[name] = function(...)
      few(1, ...)
      set_choice(key, choices, ...)
      return options[key]
    end
  end
  choice('encode_keep_buffer', 'keep', FLAGS)
  choice('encode_invalid_numbers', 'encode_invalid', {on = true, off = false, null = 'null'})
  choice('decode_invalid_numbers', 'decode_invalid', FLAGS)

  cjson.new = library
  return cjson
end

core.G.cjson = core.protect(library())
"""
