using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Schemas.Cel;

namespace ConfidentialOperator.ApiServer.Tests.Schemas;

public sealed class CelTests
{
    private const string Self = """{"n":3,"f":1.5,"s":"abc","list":[1,2,3],"names":[{"name":"x"},{"name":"y"}],"map":{"a":1},"empty":"","on":true,"dash-ed":7,"url":"https://h.example:8443/p"}""";

    [Theory]
    [InlineData("self.n == 3 && self.s == 'abc'")]
    [InlineData("self.n + 1 == 4 && self.n * 2 - 1 == 5 && self.n / 2 == 1 && self.n % 2 == 1 && -self.n == -3")]
    [InlineData("self.f > 1 && self.f * 2.0 == 3.0 && self.n < 3.5")]
    [InlineData("has(self.n) && !has(self.none)")]
    [InlineData("!has(self.none) || self.none.x == 1")]
    [InlineData("self.none == 1 || true")]
    [InlineData("size(self.list) == 3 && self.list.size() == 3 && size(self.s) == 3 && size(self.map) == 1")]
    [InlineData("self.s.startsWith('a') && self.s.endsWith('c') && self.s.contains('b') && self.s.matches('^[a-c]+$')")]
    [InlineData("2 in self.list && 'a' in self.map && !('b' in self.map) && 'abc' in ['abc', 'd']")]
    [InlineData("self.list.all(i, i > 0) && self.list.exists(i, i == 2) && self.list.exists_one(i, i == 2)")]
    [InlineData("self.list.map(i, i * 2) == [2, 4, 6] && self.list.filter(i, i > 1) == [2, 3]")]
    [InlineData("self.names.all(a, self.names.exists_one(b, a.name == b.name))")]
    [InlineData("self.map.all(k, self.map[k] == 1) && self.list[0] == 1")]
    [InlineData("self.on ? self.n == 3 : false")]
    [InlineData("self.s == 'x' ? false : self.n > 5 ? false : true")]
    [InlineData("self.?none.orValue(5) == 5 && self.?n.orValue(5) == 3 && !self.?none.hasValue()")]
    [InlineData("self.dash__dash__ed == 7")]
    [InlineData("string(self.n) + 'x' == '3x' && int('4') == 4 && double('1.5') == 1.5")]
    [InlineData("self.s.upperAscii() == 'ABC' && 'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'")]
    [InlineData("self.s.substring(1) == 'bc' && self.s.substring(0, 1) == 'a' && self.s.replace('b', 'x') == 'axc' && self.s.indexOf('c') == 2")]
    [InlineData("duration('90m') > duration('1h') && duration('1h30m') == duration('90m')")]
    [InlineData("isURL(self.url) && url(self.url).getScheme() == 'https' && url(self.url).getHostname() == 'h.example'")]
    [InlineData("isQuantity('1Gi') && quantity('1Gi').isGreaterThan(quantity('1M'))")]
    [InlineData("{'a': 1}.a == 1 && {'a': 1} == self.map")]
    [InlineData("r'\\d' == '\\\\d' && \"it's\" == 'it\\'s'")]
    [InlineData("type(self.n) == 'int' || true")]
    [InlineData("self != null && self.n != 4")]
    public void A_rule_holds(string rule) => Assert.Equal(true, Evaluate(rule));

    [Theory]
    [InlineData("self.none")]
    [InlineData("self.n + 's'")]
    [InlineData("other == 1")]
    [InlineData("self.s.unknown()")]
    [InlineData("self.n / 0 == 1")]
    [InlineData("self.list[9] == 1")]
    [InlineData("self.none.x == 1 && true")]
    public void A_rule_fails(string rule) => Assert.Throws<CelException>(() => Evaluate(rule));

    [Theory]
    [InlineData("self.")]
    [InlineData("(self.n")]
    [InlineData("self.n ==")]
    [InlineData("'open")]
    [InlineData("self.n 3")]
    public void A_rule_cannot_be_read(string rule) => Assert.Throws<CelException>(() => CelExpression.Parse(rule));

    private static object? Evaluate(string rule) =>
        CelExpression.Parse(rule).Evaluate(new Dictionary<string, object?> { ["self"] = JsonNode.Parse(Self) });
}
