using System.Net.Http.Headers;
using ConfidentialOperator.Protocol.Registry;

namespace ConfidentialOperator.Protocol.Tests.Registry;

/// <summary>Where a name and password may be sent because a registry says so.</summary>
public sealed class RegistryChallengeTests
{
    [Theory]
    [InlineData("https://registry.example/v2/m/", "https://auth.example/token", true)]
    [InlineData("https://registry.example/v2/m/", "http://auth.example/token", false)]
    [InlineData("https://registry.example/v2/m/", "http://127.0.0.1:9/token", false)]
    [InlineData("http://127.0.0.1:5000/v2/m/", "http://127.0.0.1:9/token", true)]
    [InlineData("http://127.0.0.1:5000/v2/m/", "http://auth.example/token", false)]
    [InlineData("http://127.0.0.1:5000/v2/m/", "file:///etc/token", false)]
    [InlineData("https://registry.example/v2/m/", "token", false)]
    public void ATokenServiceIsSpokenToByTlsUnlessTheRegistryIsOnThisMachine(string registry, string realm, bool expected)
    {
        var header = new AuthenticationHeaderValue("Bearer", $"realm=\"{realm}\",service=\"s\",scope=\"repository:m:pull\"");
        Assert.Equal(expected, RegistryChallenge.TryRead([header], new Uri(registry), out RegistryChallenge? challenge));
        Assert.Equal(expected ? realm + "?service=s&scope=repository%3Am%3Apull" : null, challenge?.TokenAddress().AbsoluteUri);
    }

    [Fact]
    public void TheFirstChallengeThatIsUnderstoodCounts()
    {
        AuthenticationHeaderValue[] headers = [new("Negotiate"), new("Bearer", "realm=\"http://a.example\""), new("Basic", "realm=\"r\"")];
        Assert.True(RegistryChallenge.TryRead(headers, new Uri("https://registry.example/v2/m/"), out RegistryChallenge? challenge));
        Assert.Null(challenge.Realm);
        Assert.False(RegistryChallenge.TryRead(headers[..2], new Uri("https://registry.example/v2/m/"), out _));
    }
}
