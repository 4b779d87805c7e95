using System.Text;
using ConfidentialOperator.KeyBroker.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace ConfidentialOperator.KeyBroker.Tests.Tokens;

public sealed class JwtTests
{
    [Fact]
    public void NoTextMakesTheReaderThrow() => Prop.ForAll<string>(text =>
    {
        _ = Jwt.TryParse(text ?? "", out _);
        string part = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text ?? ""));
        _ = Jwt.TryParse($"{part}.{part}.{part}", out _);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"alg":"ES256","crit":["b64"]}""", """{"a":1}""")]
    [InlineData("""{"alg":"ES256","alg":"none"}""", """{"a":1}""")]
    [InlineData("""{"alg":"ES256"}""", """{"exp":1,"exp":2}""")]
    [InlineData("""[]""", """{}""")]
    [InlineData("""{}""", """[]""")]
    public void AHeaderOrClaimsThatCouldBeReadTwoWaysAreRefused(string header, string claims)
    {
        string text = $"{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.AA";
        Assert.False(Jwt.TryParse(text, out _));
    }

    [Fact]
    public void ATooLongTokenIsRefusedUnread() => Assert.False(Jwt.TryParse(new string('a', Jwt.MaximumLength) + ".a.a", out _));
}
