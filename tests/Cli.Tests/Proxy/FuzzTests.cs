using System.Text;
using System.Text.Json;
using ConfidentialOperator.Cli.Proxy;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Tests.Running;

namespace ConfidentialOperator.Cli.Tests.Proxy;

/// <summary>Readers of what strangers write: they say no, or what any other reader would say.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Rounds = 20_000;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_model_of_a_request_is_the_one_that_every_reader_of_json_finds()
    {
        byte[] seed = Encoding.UTF8.GetBytes("""{"messages":[{"role":"user","content":"model"}],"mod\u0065l":"a","n":{"model":"b"},"stream":true}""");
        int found = 0;
        foreach (byte[] text in Mutations(seed, Rounds))
        {
            if (!ModelName.TryFind(text, out string? model))
            {
                continue;
            }

            found++;
            using JsonDocument document = JsonDocument.Parse(text);
            string[] names = [.. document.RootElement.EnumerateObject().Where(member => member.NameEquals("model")).Select(member => member.Value.GetString()!)];
            Assert.Equal(model is null ? [] : [model], names);
        }

        Assert.True(found > 0);
    }

    [Fact]
    public void A_configuration_is_read_or_refused()
    {
        byte[] seed = Encoding.UTF8.GetBytes("models:\n- name: a\n  endpoint: http://h\n  policy: p\n  owners: [o]\n  ca: c\n- {endpoint: 'https://i', policy: q, owners: [o]}\n");
        int read = 0;
        foreach (byte[] text in Mutations(seed, Rounds / 10))
        {
            File.WriteAllBytes(_folder["proxy.yaml"], text);
            try
            {
                Assert.NotEmpty(ProxyConfig.Read(new FileInfo(_folder["proxy.yaml"])));
                read++;
            }
            catch (CommandRefusedException refused)
            {
                Assert.NotEqual(ExitCode.Accepted, ExitCode.Of(refused.Refusal.Reason));
            }
        }

        Assert.True(read > 0);
    }

    [Fact]
    public void A_name_in_depth_is_not_the_model()
    {
        Assert.True(ModelName.TryFind("""{"a":{"model":"x"}}"""u8, out string? model));
        Assert.Null(model);
        Assert.False(ModelName.TryFind("""{"model":"x"} {"model":"y"}"""u8, out _));
        Assert.False(ModelName.TryFind("""{"model":["x"]}"""u8, out _));
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<byte[]> Mutations(byte[] seed, int rounds)
    {
        yield return seed;
        var random = new SeededBytes(20261125);
        for (int round = 0; round < rounds; round++)
        {
            List<byte> text = [.. seed];
            for (int change = 0; change <= random.Next(3); change++)
            {
                int at = random.Next(text.Count);
                switch (random.Next(3))
                {
                    case 0:
                        text[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        text.RemoveRange(at, Math.Min(random.Next(8), text.Count - at));
                        break;
                    default:
                        text.InsertRange(at, seed.Skip(random.Next(seed.Length)).Take(random.Next(16)).ToArray());
                        break;
                }

                if (text.Count == 0)
                {
                    break;
                }
            }

            yield return [.. text];
        }
    }

    /// <summary>The same numbers in every run (xorshift), so that a failure can be repeated.</summary>
    private sealed class SeededBytes(uint state)
    {
        public int Next(int limit)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return (int)(state % (uint)Math.Max(1, limit));
        }
    }
}
